/** Lambdas. Parameters and names assigned inside are local; the body runs in order and gives the value of its last statement. */
import { flatten, targetsOf } from "../semantics/declare.js";
import { resolveTypeNode } from "../semantics/resolve-type.js";
import type { LambdaExpression, Parameter, Statement, Target } from "../syntax/ast.js";
import type { Type } from "../semantics/types.js";
import { anyType } from "../semantics/types.js";
import type { Code } from "./code.js";
import { compileAssert, compilePath, type PathCode } from "./compile-body.js";
import { compileExpression } from "./compile-expression.js";
import { compileName } from "./compile-name.js";
import { convert } from "./convert.js";
import { Environment, unset } from "./environment.js";
import { isNothing, isTrue } from "./inspect.js";
import type { Machine } from "./machine.js";
import { union } from "./merge.js";
import { binary } from "./operators.js";
import { bindParameters, type ParameterCode } from "./parameters.js";
import { replaceAt, selectAttribute, subscriptValue } from "./select.js";
import { packageOf, slots, type StaticScope } from "./static-scope.js";
import { KclFunction, type Value } from "./values.js";

export function compileParameters(parameters: readonly Parameter[], scope: StaticScope): ParameterCode[] {
  const { program, pkg } = packageOf(scope);
  return parameters.map((parameter) => ({
    name: parameter.name,
    type: parameter.type === undefined ? anyType : resolveTypeNode(program, pkg, parameter.type),
    initial: parameter.initial && compileExpression(parameter.initial, scope),
  }));
}

export function compileLambda(node: LambdaExpression, outer: StaticScope): Code {
  const assigned = [...flatten(node.body)].flatMap((statement) => targetsOf(statement).map((target) => target.name));
  const names = slots([...node.parameters.map((parameter) => parameter.name), ...assigned]);
  const scope: StaticScope = { kind: "lambda", names, parent: outer };
  const { program, pkg } = packageOf(outer);
  const parameters = compileParameters(node.parameters, scope);
  const result = node.result && resolveTypeNode(program, pkg, node.result);
  const types = parameters.map((parameter) => parameter.type);
  const body = compileStatements(node.body, scope, names);
  return (machine, environment) => {
    machine.place = node.at;
    return new KclFunction(
      "lambda",
      (callMachine, args) => {
        const local = new Environment(
          environment,
          Array.from({ length: names.size }, () => unset),
        );
        bindParameters(callMachine, parameters, args, local, undefined);
        callMachine.enter();
        const value = body(callMachine, local);
        callMachine.leave();
        return result === undefined ? value : convert(callMachine, value, result, true);
      },
      types,
    );
  };
}

function compileStatements(statements: readonly Statement[], scope: StaticScope, names: ReadonlyMap<string, number>): Code {
  const codes = statements.map((statement) => compileStatement(statement, scope, names));
  const [only] = codes;
  if (only !== undefined && codes.length === 1) return only;
  return (machine, environment) => {
    let last: Value;
    for (let index = 0; index < codes.length; index++) last = codes[index]!(machine, environment);
    return last;
  };
}

function compileStatement(statement: Statement, scope: StaticScope, names: ReadonlyMap<string, number>): Code {
  switch (statement.kind) {
    case "expression":
      return compileExpression(statement.value, scope);
    case "assign": {
      const value = compileExpression(statement.value, scope);
      const { program, pkg } = packageOf(scope);
      const type = statement.type && resolveTypeNode(program, pkg, statement.type);
      const stores = statement.targets.map((target) => compileStore(target, scope, names, type));
      const [store] = stores;
      if (store !== undefined && stores.length === 1)
        return (machine, environment) => store(machine, environment, value(machine, environment));
      return (machine, environment) => {
        const result = value(machine, environment);
        let stored = result;
        for (const store of stores) stored = store(machine, environment, result);
        return stored;
      };
    }
    case "augmentedAssign": {
      const current = compileCurrent(statement.target, scope);
      const value = compileExpression(statement.value, scope);
      const store = compileStore(statement.target, scope, names, undefined);
      return (machine, environment) =>
        store(
          machine,
          environment,
          binary(machine, statement.operator, current(machine, environment), value(machine, environment)),
        );
    }
    case "unification": {
      const slot = names.get(statement.target.name)!;
      const value = compileExpression(statement.value, scope);
      return (machine, environment) => {
        const before = environment.slots[slot];
        const added = value(machine, environment);
        const merged = before === unset || isNothing(before) ? added : union(machine, before, added);
        environment.slots[slot] = merged;
        return merged;
      };
    }
    case "assert":
      return compileAssert(statement, scope);
    case "if":
      return compileIf(statement, scope, names);
    default:
      return () => undefined;
  }
}

function compileIf(statement: Statement & { kind: "if" }, scope: StaticScope, names: ReadonlyMap<string, number>): Code {
  const condition = compileExpression(statement.condition, scope);
  const body = compileStatements(statement.body, scope, names);
  const otherwise = compileStatements(statement.otherwise, scope, names);
  return (machine, environment) =>
    isTrue(condition(machine, environment)) ? body(machine, environment) : otherwise(machine, environment);
}

type Store = (machine: Machine, environment: Environment, value: Value) => Value;

function compileStore(target: Target, scope: StaticScope, names: ReadonlyMap<string, number>, type: Type | undefined): Store {
  const slot = names.get(target.name)!;
  if (target.path.length === 0) {
    return (machine, environment, value) => {
      const packed = type === undefined ? value : convert(machine, value, type);
      environment.slots[slot] = packed;
      return packed;
    };
  }
  const base = compileName(scope, target.name, target.at);
  const path = compilePath(target, scope);
  return (machine, environment, value) => {
    const changed = replaceAt(machine, base(machine, environment), path(machine, environment), {
      value,
      operator: ":",
      place: target.at,
    });
    environment.slots[slot] = changed;
    return value;
  };
}

/** The present value of an augmented assignment's target. */
function compileCurrent(target: Target, scope: StaticScope): Code {
  const base = compileName(scope, target.name, target.at);
  const path: PathCode = compilePath(target, scope);
  return (machine, environment) => {
    let value = base(machine, environment);
    for (const key of path(machine, environment))
      value = typeof key === "string" ? selectKey(machine, value, key) : subscriptValue(machine, value, key);
    return value;
  };
}

export function selectKey(machine: Machine, value: Value, key: string): Value {
  return isNothing(value) ? undefined : selectAttribute(machine, value, key);
}
