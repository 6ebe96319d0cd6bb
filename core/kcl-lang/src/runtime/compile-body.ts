/** Bodies of packages and schemas: statements that set names whose order does not matter (see `scope.ts`). */
import type { Place } from "../diagnostics/place.js";
import { EvaluationFailure } from "../diagnostics/failure.js";
import type { AssertStatement, AttributeStatement, BinaryOperator, Expression, Statement, Target } from "../syntax/ast.js";
import type { Code } from "./code.js";
import { compileExpression } from "./compile-expression.js";
import { selectKey } from "./compile-lambda.js";
import type { Environment } from "./environment.js";
import { isNothing, isTrue, typeName } from "./inspect.js";
import type { Machine } from "./machine.js";
import { union } from "./merge.js";
import { binary } from "./operators.js";
import { type PathKey, replaceAt, subscriptValue } from "./select.js";
import type { StaticScope } from "./static-scope.js";
import { toText } from "./text.js";
import type { Value } from "./values.js";

/** The compiled form of a statement that sets a name. */
export interface SetterCode {
  readonly name: string;
  /** An attribute without value; it is no setter of its own where the name has others before it. */
  readonly isDeclaration: boolean;
  /** Sets the name, unless an `if` around the statement does not hold. */
  run(machine: Machine, environment: Environment): boolean;
}

export interface BodyCode {
  readonly setters: readonly SetterCode[];
  run(machine: Machine, environment: Environment): void;
}

type StepCode = (machine: Machine, environment: Environment) => void;

/** An `if` around a statement: its condition, which way it has to go, and the next `if` around it. */
interface Guard {
  readonly condition: Code;
  readonly expected: boolean;
  readonly outer: Guard | undefined;
}

export function compileBody(statements: readonly Statement[], scope: StaticScope): BodyCode {
  const setters: SetterCode[] = [];
  const steps = compileSteps(statements, scope, undefined, setters);
  return {
    setters,
    run: inOrder(steps),
  };
}

/** Runs steps one after another. Counting loops keep the JavaScript stack of nested schemas small. */
function inOrder(steps: readonly StepCode[]): StepCode {
  return (machine, environment) => {
    for (let index = 0; index < steps.length; index++) steps[index]!(machine, environment);
  };
}

function compileSteps(
  statements: readonly Statement[],
  scope: StaticScope,
  guard: Guard | undefined,
  setters: SetterCode[],
): StepCode[] {
  return statements.flatMap((statement) => compileStep(statement, scope, guard, setters));
}

function compileStep(statement: Statement, scope: StaticScope, guard: Guard | undefined, setters: SetterCode[]): StepCode[] {
  switch (statement.kind) {
    case "assign": {
      const value = compileExpression(statement.value, scope);
      return statement.targets.map((target) =>
        setterStep(setters, target.name, guard, statement.at, compileAssignment(target, value, statement.value, scope)),
      );
    }
    case "augmentedAssign": {
      const change = compileChange(statement.target, statement.operator, statement.value, scope);
      return [setterStep(setters, statement.target.name, guard, statement.at, change)];
    }
    case "unification": {
      const change = compileUnification(statement.target.name, statement.value, scope);
      return [setterStep(setters, statement.target.name, guard, statement.at, change)];
    }
    case "attribute":
      return [
        setterStep(
          setters,
          statement.name,
          guard,
          statement.at,
          compileAttribute(statement, scope),
          statement.value === undefined,
        ),
      ];
    case "if":
      return [compileIf(statement, scope, guard, setters)];
    case "assert":
      return [compileAssert(statement, scope)];
    case "expression": {
      const value = compileExpression(statement.value, scope);
      const shown = statement.value.kind !== "call";
      return [
        (machine, environment) => {
          machine.place = statement.at;
          const result = value(machine, environment);
          if (shown) environment.host?.output(result);
        },
      ];
    }
    default:
      return [];
  }
}

/** Registers a setter and returns the step that gives it its turn. */
function setterStep(
  setters: SetterCode[],
  name: string,
  guard: Guard | undefined,
  place: Place,
  action: StepCode,
  isDeclaration = false,
): StepCode {
  const code: SetterCode = {
    name,
    isDeclaration,
    run(machine, environment) {
      if (guard !== undefined && !allHold(guard, machine, environment)) return false;
      machine.step();
      machine.place = place;
      action(machine, environment);
      return true;
    },
  };
  setters.push(code);
  return (machine, environment) => {
    const setter = environment.setters.get(code);
    if (setter !== undefined) environment.host?.scope.execute(machine, setter);
  };
}

/** Conditions are evaluated from the outermost on. */
function allHold(innermost: Guard, machine: Machine, environment: Environment): boolean {
  const guards: Guard[] = [];
  for (let guard: Guard | undefined = innermost; guard !== undefined; guard = guard.outer) guards.push(guard);
  return guards.reverse().every((guard) => isTrue(guard.condition(machine, environment)) === guard.expected);
}

function compileIf(
  statement: Statement & { kind: "if" },
  scope: StaticScope,
  outer: Guard | undefined,
  setters: SetterCode[],
): StepCode {
  const condition = compileExpression(statement.condition, scope);
  const first = setters.length;
  const body = inOrder(compileSteps(statement.body, scope, { condition, expected: true, outer }, setters));
  const middle = setters.length;
  const otherwise = inOrder(compileSteps(statement.otherwise, scope, { condition, expected: false, outer }, setters));
  const end = setters.length;
  return (machine, environment) => {
    if (isTrue(condition(machine, environment))) {
      body(machine, environment);
      passAll(setters, middle, end, environment);
    } else {
      otherwise(machine, environment);
      passAll(setters, first, middle, environment);
    }
  };
}

/** The setters of the branch that was left out had their turn. */
function passAll(codes: readonly SetterCode[], from: number, to: number, environment: Environment): void {
  for (let index = from; index < to; index++) {
    const setter = environment.setters.get(codes[index]!);
    if (setter !== undefined) environment.host?.scope.pass(setter);
  }
}

function compileAssignment(target: Target, value: Code, node: Expression, scope: StaticScope): StepCode {
  const { name } = target;
  if (target.path.length === 0)
    return (machine, environment) => environment.host?.set(name, value(machine, environment), node.at);
  const path = compilePath(target, scope);
  return (machine, environment) => {
    const result = value(machine, environment);
    const base = environment.host?.scope.read(machine, name);
    environment.host?.set(
      name,
      replaceAt(machine, base, path(machine, environment), { value: result, operator: ":", place: node.at }),
      node.at,
      "both",
    );
  };
}

function compileChange(target: Target, operator: BinaryOperator, node: Expression, scope: StaticScope): StepCode {
  const { name } = target;
  const value = compileExpression(node, scope);
  const path = compilePath(target, scope);
  return (machine, environment) => {
    const { host } = environment;
    const base = host?.scope.read(machine, name);
    const keys = path(machine, environment);
    let current = base;
    for (const key of keys)
      current = typeof key === "string" ? selectKey(machine, current, key) : subscriptValue(machine, current, key);
    const changed = augment(machine, operator, current, value(machine, environment));
    host?.set(name, replaceAt(machine, base, keys, { value: changed, operator: ":", place: node.at }), node.at, "both");
  };
}

/** An augmented assignment to nothing is a plain one for lists and dicts. */
function augment(machine: Machine, operator: BinaryOperator, current: Value, added: Value): Value {
  if (isNothing(current) && (operator === "+" || operator === "|")) return added;
  return binary(machine, operator, current, added);
}

function compileUnification(name: string, node: Expression, scope: StaticScope): StepCode {
  const value = compileExpression(node, scope);
  return (machine, environment) => {
    const before = environment.host?.scope.read(machine, name);
    const added = value(machine, environment);
    environment.host?.set(name, isNothing(before) ? added : union(machine, before, added), node.at, "both");
  };
}

function compileAttribute(statement: AttributeStatement, scope: StaticScope): StepCode {
  const { name, operator } = statement;
  const node = statement.value ?? literalDefault(statement);
  if (node === undefined) return (_machine, environment) => environment.host?.set(name, undefined, undefined);
  const value = compileExpression(node, scope);
  return (machine, environment) => {
    const { host } = environment;
    if (host?.isReplaced(name)) {
      if (machine.history) host.passOver(name, isLiteral(node) ? value(machine, environment) : undefined, node.at);
      return host.set(name, undefined, undefined);
    }
    const before = operator === undefined || operator === "=" ? undefined : host?.scope.read(machine, name);
    const added = value(machine, environment);
    const isPlain = operator === undefined || operator === "=";
    const result = isPlain ? added : augment(machine, operator, before, added);
    host?.set(name, result, node.at, isPlain ? "added" : "both");
  };
}

/** Evaluating it cannot fail. */
function isLiteral({ kind }: Expression): boolean {
  return kind === "int" || kind === "float" || kind === "string" || kind === "constant";
}

/** An attribute of one literal type has that literal as its default. */
function literalDefault(statement: AttributeStatement): Expression | undefined {
  const { type } = statement;
  if (type.kind !== "literalType" || statement.optional) return undefined;
  const { value } = type;
  const { at } = statement;
  switch (value.kind) {
    case "int":
      return { kind: "int", at, value: value.value, ...(value.unit !== undefined && { unit: value.unit }) };
    case "float":
      return { kind: "float", at, value: value.value };
    case "str":
      return { kind: "string", at, value: value.value };
    case "bool":
      return { kind: "constant", at, value: value.value };
    default:
      return undefined;
  }
}

export type PathCode = (machine: Machine, environment: Environment) => PathKey[];

/** The selectors and subscripts behind an assignment's name. */
export function compilePath(target: Target, scope: StaticScope): PathCode {
  const steps = target.path.map((step) => (step.kind === "attribute" ? step.name : compileExpression(step.index, scope)));
  return (machine, environment) =>
    steps.map((step) => {
      if (typeof step === "string") return step;
      const key = step(machine, environment);
      return typeof key === "string" || typeof key === "bigint" ? key : machine.fail(`invalid index type '${typeName(key)}'`);
    });
}

export function compileAssert(statement: AssertStatement, scope: StaticScope): Code {
  const test = compileExpression(statement.test, scope);
  const condition = statement.condition && compileExpression(statement.condition, scope);
  const message = statement.message && compileExpression(statement.message, scope);
  return (machine, environment) => {
    machine.place = statement.at;
    if (condition !== undefined && !isTrue(condition(machine, environment))) return undefined;
    if (isTrue(test(machine, environment))) return undefined;
    machine.place = statement.at;
    const text = message?.(machine, environment);
    throw new EvaluationFailure(isNothing(text) ? "" : toText(text), machine.place);
  };
}
