/** Calls: results, and arguments against parameters. */
import { kinds } from "../diagnostics/diagnostic.js";
import type { Place } from "../diagnostics/place.js";
import type { CallExpression, Expression, KeywordArgument } from "../syntax/ast.js";
import { similarNames } from "../diagnostics/suggest.js";
import type { Checker } from "./checker.js";
import { inferExpression, requireAssignable } from "./infer-expression.js";
import { functionSignatures } from "./signatures.js";
import { findAttribute } from "./attribute-index.js";
import { lineage, type SchemaSymbol } from "./symbols.js";
import { anyType, type FunctionType, type Type, typeText } from "./types.js";

export function inferCall(checker: Checker, node: CallExpression): Type {
  const callee = inferExpression(checker, node.callee);
  if (callee.kind === "schemaValue") {
    checkSchemaArguments(checker, callee.schema, node.args, node.keywords, node.at);
    return { kind: "schema", schema: callee.schema };
  }
  const signature = callee.kind === "function" ? callee : builtinSignature(checker, node.callee, callee);
  if (signature !== undefined && signature.variadic !== true) {
    checkArguments(checker, signature.parameters, calleeText(node.callee), node.args, node.keywords, node.at);
    return signature.result;
  }
  for (const arg of node.args) inferExpression(checker, arg);
  for (const keyword of node.keywords) inferExpression(checker, keyword.value);
  if (signature !== undefined) return signature.result;
  if (neverCallable.has(callee.kind)) checker.report(kinds.compile, `type '${typeText(callee)}' is not callable`, node.callee.at);
  return anyType;
}

const neverCallable: ReadonlySet<Type["kind"]> = new Set(["none", "bool", "int", "float", "str", "multiplier", "list", "dict"]);

/** The signature of a function that needs no import, unless something else has its name. */
function builtinSignature(checker: Checker, callee: Expression, type: Type): FunctionType | undefined {
  if (callee.kind !== "name" || type.kind !== "any" || !isUnshadowed(checker, callee.name)) return undefined;
  return functionSignatures.get(callee.name);
}

function isUnshadowed(checker: Checker, name: string): boolean {
  const { pkg } = checker;
  if (pkg.variables.has(name) || pkg.schemas.has(name) || pkg.aliases.has(name)) return false;
  if ([...pkg.imports.values()].some((imports) => imports.has(name))) return false;
  for (let scope = checker.scope; scope !== undefined; scope = scope.parent) {
    if (scope.names.has(name) || (scope.schema !== undefined && findAttribute(scope.schema, name) !== undefined)) return false;
  }
  return true;
}

/** How messages call what is called. */
function calleeText(callee: Expression): string {
  const path = namePath(callee);
  return path === undefined ? "anonymous function" : `"${path}"`;
}

function namePath(node: Expression): string | undefined {
  if (node.kind === "name") return node.name;
  const before = node.kind === "selector" ? namePath(node.value) : undefined;
  return before === undefined || node.kind !== "selector" ? undefined : `${before}.${node.name}`;
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
  checkArguments(checker, parameters, `"${schema.name}"`, args, keywords, at);
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
  const seen = new Set<string>();
  const byName = new Map(keywords.length === 0 ? [] : parameters.toReversed().map((parameter) => [parameter.name, parameter]));
  for (const keyword of keywords) {
    if (seen.has(keyword.name))
      checker.report(kinds.compile, `${name} has duplicated keyword argument ${keyword.name}`, keyword.at);
    seen.add(keyword.name);
    const parameter = byName.get(keyword.name);
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
      `${name} takes ${limit} positional argument${limit === 1 ? "" : "s"} but ${count} were given`,
      arg.at,
    );
  }
}

function unexpectedText(name: string, keyword: string, parameters: FunctionType["parameters"]): string {
  const [similar] = similarNames(
    keyword,
    parameters.map((parameter) => parameter.name),
  );
  return `${name} got an unexpected keyword argument '${keyword}'${similar === undefined ? "" : `, did you mean '${similar}'?`}`;
}
