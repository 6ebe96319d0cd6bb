/** Calls: of functions, methods of strings, schemas. */
import type { CallExpression, Expression, KeywordArgument } from "../syntax/ast.js";
import type { Code } from "./code.js";
import { compileExpression } from "./compile-expression.js";
import type { Environment } from "./environment.js";
import { isTrue, typeName } from "./inspect.js";
import type { Machine } from "./machine.js";
import { beginSchema, endSchema } from "./required.js";
import { SchemaClass } from "./schema-class.js";
import { selectAttribute } from "./select.js";
import type { StaticScope } from "./static-scope.js";
import { type Arguments, KclDict, KclFunction, type Value } from "./values.js";

export type ArgumentsCode = (machine: Machine, environment: Environment) => Arguments;

export function compileArguments(
  args: readonly Expression[],
  keywords: readonly KeywordArgument[],
  scope: StaticScope,
): ArgumentsCode {
  const positional = args.map((arg) => compileExpression(arg, scope));
  const named = keywords.map((keyword) => ({ name: keyword.name, value: compileExpression(keyword.value, scope) }));
  return (machine, environment) => ({
    positional: positional.map((code) => code(machine, environment)),
    named: named.length === 0 ? noNames : new Map(named.map(({ name, value }) => [name, value(machine, environment)])),
  });
}

const noNames: ReadonlyMap<string, Value> = new Map();

export function compileCall(node: CallExpression, scope: StaticScope): Code {
  const callee = compileCallee(node.callee, scope);
  const args = compileArguments(node.args, node.keywords, scope);
  return (machine, environment) => {
    machine.place = node.at;
    const target = callee(machine, environment);
    if (target === skipped) return null;
    const given = args(machine, environment);
    machine.place = node.at;
    if (target instanceof KclFunction) {
      machine.step();
      return target.call(machine, given);
    }
    if (target instanceof SchemaClass) {
      beginSchema(machine, node.at);
      return endSchema(machine, node.at, target.build(machine, new KclDict(), given, node.at));
    }
    return callValue(machine, target as Value, given);
  };
}

/** The callee of `a?.b()` where `a` is false: the call gives None. */
const skipped: unique symbol = Symbol("skipped");

function compileCallee(
  node: Expression,
  scope: StaticScope,
): (machine: Machine, environment: Environment) => Value | typeof skipped {
  if (node.kind !== "selector" || !node.optional) return compileExpression(node, scope);
  const value = compileExpression(node.value, scope);
  return (machine, environment) => {
    const target = value(machine, environment);
    return isTrue(target) ? selectAttribute(machine, target, node.name) : skipped;
  };
}

export function callValue(machine: Machine, target: Value, args: Arguments): Value {
  if (target instanceof KclFunction) {
    machine.step();
    return target.call(machine, args);
  }
  if (target instanceof SchemaClass) {
    const { place } = machine;
    beginSchema(machine, place);
    return endSchema(machine, place, target.build(machine, new KclDict(), args, place));
  }
  return machine.fail(`'${typeName(target)}' object is not callable`);
}
