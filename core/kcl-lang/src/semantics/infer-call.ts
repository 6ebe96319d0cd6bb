/** Calls: results, and arguments against parameters. */
import { kinds } from "../diagnostics/diagnostic.js";
import type { Place } from "../diagnostics/place.js";
import { builtinFunctions } from "../library/builtins.js";
import type { CallExpression, Expression, KeywordArgument } from "../syntax/ast.js";
import { similarNames } from "../diagnostics/suggest.js";
import type { Checker } from "./checker.js";
import { inferExpression, requireAssignable } from "./infer-expression.js";
import { lineage, type SchemaSymbol } from "./symbols.js";
import { anyType, boolType, floatType, type FunctionType, intType, listOf, strType, type Type } from "./types.js";

const builtinResults: Readonly<Record<string, Type>> = {
  str: strType,
  int: intType,
  float: floatType,
  bool: boolType,
  len: intType,
  typeof: strType,
  range: listOf(intType),
  hex: strType,
  bin: strType,
  oct: strType,
  ord: intType,
  all_true: boolType,
  any_true: boolType,
  isunique: boolType,
  isnullish: boolType,
};

export function inferCall(checker: Checker, node: CallExpression): Type {
  const callee = inferExpression(checker, node.callee);
  if (callee.kind === "schemaValue") {
    checkSchemaArguments(checker, callee.schema, node.args, node.keywords, node.at);
    return { kind: "schema", schema: callee.schema };
  }
  if (callee.kind === "function" && callee.variadic !== true) {
    checkArguments(checker, callee.parameters, callee.name ?? "lambda", node.args, node.keywords, node.at);
    return callee.result;
  }
  for (const arg of node.args) inferExpression(checker, arg);
  for (const keyword of node.keywords) inferExpression(checker, keyword.value);
  if (callee.kind === "function") return callee.result;
  const method = node.callee.kind === "selector" ? methodOf(checker, node) : undefined;
  if (method !== undefined) return method;
  const isBuiltin = node.callee.kind === "name" && callee.kind === "any" && builtinFunctions.has(node.callee.name);
  return isBuiltin && isUnshadowed(checker, (node.callee as { name: string }).name)
    ? (builtinResults[(node.callee as { name: string }).name] ?? anyType)
    : anyType;
}

function isUnshadowed(checker: Checker, name: string): boolean {
  if (checker.pkg.variables.has(name) || checker.pkg.schemas.has(name)) return false;
  for (let scope = checker.scope; scope !== undefined; scope = scope.parent) if (scope.names.has(name)) return false;
  return true;
}

/** How many arguments the methods of strings need. */
const methodArguments: Readonly<Record<string, number>> = {
  replace: 2,
  join: 1,
  count: 1,
  endswith: 1,
  find: 1,
  index: 1,
  removeprefix: 1,
  removesuffix: 1,
  rfind: 1,
  rindex: 1,
  startswith: 1,
};

const methodResults: Readonly<Record<string, Type>> = {
  count: intType,
  find: intType,
  index: intType,
  rfind: intType,
  rindex: intType,
  endswith: boolType,
  startswith: boolType,
  isalnum: boolType,
  isalpha: boolType,
  isdigit: boolType,
  islower: boolType,
  isspace: boolType,
  istitle: boolType,
  isupper: boolType,
  split: listOf(strType),
  rsplit: listOf(strType),
  splitlines: listOf(strType),
  chars: listOf(strType),
};

function methodOf(checker: Checker, node: CallExpression): Type | undefined {
  if (node.callee.kind !== "selector") return undefined;
  const selector = node.callee;
  const target = checker.quietly(() => inferExpression(checker, selector.value));
  if (target.kind !== "str") return undefined;
  const needed = methodArguments[selector.name] ?? 0;
  const given = node.args.length + node.keywords.length;
  if (given < needed) checker.report(kinds.compile, countText(needed, node.args.length), node.at);
  return methodResults[selector.name] ?? strType;
}

function countText(expected: number, found: number): string {
  return `expected ${expected} positional argument${expected === 1 ? "" : "s"}, found ${found}`;
}

/** A schema takes its own parameters; without any, those of its nearest parent that has some. */
export function checkSchemaArguments(
  checker: Checker,
  schema: SchemaSymbol,
  args: readonly Expression[],
  keywords: readonly KeywordArgument[],
  at: Place,
): void {
  const owner = lineage(schema).find((one) => one.statement.parameters.length > 0) ?? schema;
  const outer = checker.pkg;
  checker.pkg = owner.pkg;
  const parameters = owner.statement.parameters.map((parameter) => ({
    name: parameter.name,
    type: checker.resolve(parameter.type),
    optional: parameter.initial !== undefined,
    at: parameter.at,
  }));
  checker.pkg = outer;
  checkArguments(checker, parameters, schema.name, args, keywords, at);
}

function checkArguments(
  checker: Checker,
  parameters: FunctionType["parameters"],
  name: string,
  args: readonly Expression[],
  keywords: readonly KeywordArgument[],
  at: Place,
): void {
  const given = new Set(parameters.slice(0, args.length).map((parameter) => parameter.name));
  for (const [index, arg] of args.entries()) checkPositional(checker, parameters, name, arg, index, args.length);
  for (const keyword of keywords) {
    const parameter = parameters.find((one) => one.name === keyword.name);
    const type = inferExpression(checker, keyword.value, parameter?.type ?? anyType);
    if (parameter === undefined) checker.report(kinds.compile, unexpectedText(name, keyword.name, parameters), keyword.at);
    else requireAssignable(checker, type, parameter.type, keyword.value.at, parameter.at);
    given.add(keyword.name);
  }
  const required = parameters.filter((parameter) => !parameter.optional);
  const found = required.filter((parameter) => given.has(parameter.name));
  if (found.length < required.length) checker.report(kinds.compile, countText(required.length, found.length), at);
}

function checkPositional(
  checker: Checker,
  parameters: FunctionType["parameters"],
  name: string,
  arg: Expression,
  index: number,
  count: number,
): void {
  const parameter = parameters[index];
  const type = inferExpression(checker, arg, parameter?.type ?? anyType);
  if (parameter !== undefined) requireAssignable(checker, type, parameter.type, arg.at);
  else {
    const limit = parameters.length;
    checker.report(
      kinds.compile,
      `"${name}" takes ${limit} positional argument${limit === 1 ? "" : "s"} but ${count} ${count === 1 ? "was" : "were"} given`,
      arg.at,
    );
  }
}

function unexpectedText(name: string, keyword: string, parameters: FunctionType["parameters"]): string {
  const [similar] = similarNames(
    keyword,
    parameters.map((parameter) => parameter.name),
  );
  return `"${name}" got an unexpected keyword argument '${keyword}'${similar === undefined ? "" : `, did you mean '${similar}'?`}`;
}
