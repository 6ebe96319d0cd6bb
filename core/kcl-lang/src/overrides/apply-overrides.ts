/** Makes overrides in the main package: every statement that sets the variable is changed; a variable that is not there is added. */
import { diagnostic, type KclDiagnostic, kinds } from "../diagnostics/diagnostic.js";
import type { AssignStatement, Expression, Module, Statement, Target, TypeNode, UnificationStatement } from "../syntax/ast.js";
import { type Change, configFor, literalIndex } from "./change.js";
import { changeValue } from "./change-value.js";
import type { Override, OverrideStep } from "./override.js";

export interface Overridden {
  readonly modules: readonly Module[];
  readonly diagnostics: readonly KclDiagnostic[];
}

/** Overrides are made in their order. Nothing of the given trees is changed. */
export function applyOverrides(modules: readonly Module[], overrides: readonly Override[]): Overridden {
  const diagnostics: KclDiagnostic[] = [];
  let changed = modules;
  for (const override of overrides) {
    const reasons = new Set<string>();
    changed = applyOverride(changed, override, (reason) => reasons.add(reason));
    for (const reason of reasons)
      diagnostics.push(diagnostic(kinds.compile, `cannot override '${pathText(override)}': ${reason}`, override.at));
  }
  return { modules: changed, diagnostics };
}

function applyOverride(modules: readonly Module[], override: Override, refuse: Change["refuse"]): readonly Module[] {
  const schemas = modules.flatMap((module) => module.body.filter((one) => one.kind === "schema" && one.name === override.name));
  if (schemas.length > 0) {
    refuse("it is a schema, and only variables can be changed");
    return modules;
  }
  const { steps, operator, value, at } = override;
  const editor = new Editor(override.name, { steps, operator, value, at, refuse }, countSetters(modules, override.name));
  const edited = modules.map((module) => ({ ...module, body: editor.editBody(module.body) }));
  const last = edited.at(-1);
  if (editor.found > 0 || operator === "-" || last === undefined) return edited;
  const added = newVariable(override);
  if (added === undefined) refuse("there is no such list");
  else edited[edited.length - 1] = { ...last, body: [...last.body, added] };
  return edited;
}

function newVariable(override: Override): AssignStatement | undefined {
  const { at, name, steps, operator } = override;
  const change = { steps, operator, value: override.value, at, refuse: () => undefined };
  const value = steps.length === 0 ? override.value : configFor(change);
  return value && { kind: "assign", at, targets: [{ at, name, path: [] }], value };
}

function countSetters(modules: readonly Module[], name: string): number {
  const count = (body: readonly Statement[]): number =>
    body.reduce((sum, one) => {
      if (one.kind === "if") return sum + count(one.body) + count(one.otherwise);
      if (one.kind === "unification") return sum + (one.target.name === name ? 1 : 0);
      return sum + (one.kind === "assign" ? one.targets.filter((target) => target.name === name).length : 0);
    }, 0);
  return modules.reduce((sum, module) => sum + count(module.body), 0);
}

class Editor {
  /** Statements that set the variable, so far. */
  found = 0;

  constructor(
    private readonly name: string,
    private readonly change: Change,
    private readonly total: number,
  ) {}

  editBody(body: readonly Statement[]): Statement[] {
    return body.flatMap((statement) => this.edit(statement));
  }

  private edit(statement: Statement): Statement[] {
    switch (statement.kind) {
      case "if":
        return [{ ...statement, body: this.editBody(statement.body), otherwise: this.editBody(statement.otherwise) }];
      case "assign":
        return this.editAssign(statement);
      case "unification":
        return statement.target.name === this.name ? this.editUnification(statement) : [statement];
      case "augmentedAssign":
        return this.isReplaced(statement.target) ? [] : [statement];
      default:
        return [statement];
    }
  }

  /** `a = b = value` is taken apart where only one of the names changes. */
  private editAssign(statement: AssignStatement): Statement[] {
    const own = statement.targets.filter((target) => target.name === this.name);
    if (own.length === 0) return [statement];
    const others = statement.targets.filter((target) => target.name !== this.name);
    const edited = own.flatMap((target): Statement[] => this.editTarget({ ...statement, targets: [target] }, target));
    return others.length === 0 ? edited : [{ ...statement, targets: others }, ...edited];
  }

  private editTarget(statement: AssignStatement, target: Target): Statement[] {
    this.found++;
    const rest = this.restAfter(target);
    if (rest === undefined) return this.isReplaced(target) ? [] : [statement];
    if (rest.length === 0 && this.change.operator === "-") return [];
    return [{ ...statement, value: this.changed(statement.value, rest) }];
  }

  private editUnification(statement: UnificationStatement): Statement[] {
    this.found++;
    const rest = this.restAfter(statement.target) ?? [];
    if (rest.length === 0 && this.change.operator === "-") return [];
    const value = this.changed(statement.value, rest);
    if (value.kind === "schemaExpression") return [{ ...statement, value }];
    const type = namedType(statement.value.schema);
    return [{ kind: "assign", at: statement.at, targets: [statement.target], ...(type && { type }), value }];
  }

  /** Appending twice would be too much: only the last statement that sets the variable appends. */
  private changed(value: Expression, rest: readonly OverrideStep[]): Expression {
    if (this.change.operator === "+=" && this.found < this.total) return value;
    return changeValue(value, { ...this.change, steps: rest });
  }

  /** What is left of the path when the target is a part of it. */
  private restAfter(target: Target): readonly OverrideStep[] | undefined {
    const { steps } = this.change;
    const fits = target.path.length <= steps.length && target.path.every((_, at) => isSameStep(target, at, steps[at]!));
    return fits ? steps.slice(target.path.length) : undefined;
  }

  /** The target lies inside of what is replaced or removed as a whole. */
  private isReplaced(target: Target): boolean {
    const { steps, operator } = this.change;
    if (target.name !== this.name || (operator !== "=" && operator !== "-")) return false;
    return steps.length <= target.path.length && steps.every((step, at) => isSameStep(target, at, step));
  }
}

function isSameStep(target: Target, at: number, step: OverrideStep): boolean {
  const part = target.path[at]!;
  if (part.kind === "attribute") return step.kind === "key" && step.name === part.name;
  if (part.index.kind === "string") return step.kind === "key" && step.name === part.index.value;
  return step.kind === "index" && literalIndex(part.index) === step.index;
}

/** The annotation that keeps the type of `x: S {…}` when its value becomes something else. */
function namedType(schema: Expression): TypeNode | undefined {
  const path: string[] = [];
  let at = schema;
  for (; at.kind === "selector"; at = at.value) path.unshift(at.name);
  return at.kind === "name" ? { kind: "namedType", at: schema.at, path: [at.name, ...path] } : undefined;
}

function pathText({ name, steps }: Override): string {
  return name + steps.map((step) => (step.kind === "index" ? `[${step.index}]` : `.${step.name}`)).join("");
}
