/** Types of expressions. On the way, undefined names, unsuitable operands and missing attributes are reported. */
import { kinds } from "../diagnostics/diagnostic.js";
import type { Place } from "../diagnostics/place.js";
import type {
  CompareExpression,
  Expression,
  Generator,
  ListItem,
  LoopVariable,
  QuantifierExpression,
  SelectorExpression,
  SliceExpression,
  TemplatePart,
} from "../syntax/ast.js";
import { systemModule } from "../library/registry.js";
import { isAssignable, mayCast } from "./assignable.js";
import { type Checker, didYouMean } from "./checker.js";
import { inferCall } from "./infer-call.js";
import { inferConfig, inferSchemaExpression, requireKey } from "./infer-config.js";
import { inferLambda } from "./infer-lambda.js";
import { compareType, OperandSum } from "./operator-types.js";
import { methodSignatures } from "./signatures.js";
import { findAttribute } from "./attribute-index.js";
import { findIndexSignature } from "./symbols.js";
import {
  anyType,
  boolType,
  type DictType,
  dictOf,
  floatType,
  intType,
  listOf,
  noneType,
  strType,
  type Type,
  typeText,
  unionOf,
  widen,
} from "./types.js";

/**
 * The type of an expression; `expected` is the declared type it is written for, which decides how dict literals are checked, and
 * `definedAt` where that is declared.
 */
export function inferExpression(checker: Checker, node: Expression, expected: Type = anyType, definedAt?: Place): Type {
  switch (node.kind) {
    case "int":
      return node.unit === undefined
        ? { kind: "int", literal: node.value }
        : { kind: "multiplier", literal: { value: node.value, unit: node.unit } };
    case "float":
      return { kind: "float", literal: node.value };
    case "string":
      return { kind: "str", literal: node.value };
    case "constant":
      return typeof node.value === "boolean" ? { kind: "bool", literal: node.value } : node.value === null ? noneType : anyType;
    case "template":
      return inferTemplate(checker, node.parts);
    case "name":
      return checker.nameType(node.name, node.at);
    case "parenthesis":
      return inferExpression(checker, node.value, expected, definedAt);
    case "unary":
      return inferUnary(checker, node);
    case "binary":
      return inferBinary(checker, node, expected);
    case "logic":
      return inferLogic(checker, node, expected, definedAt);
    case "compare":
      return inferCompare(checker, node);
    case "conditional":
      return inferConditional(checker, node, expected, definedAt);
    case "as":
      return inferAs(checker, node);
    case "selector":
      return inferSelector(checker, node);
    case "subscript":
      return inferSubscript(checker, node);
    case "slice":
      return inferSlice(checker, node);
    case "call":
      return inferCall(checker, node);
    case "list":
      return listOf(unionOf(node.items.flatMap((item) => inferItem(checker, item, expected, definedAt))));
    case "listComprehension":
      return listOf(inLoops(checker, node.generators, () => inferExpression(checker, node.item, itemOf(expected), definedAt)));
    case "dictComprehension":
      return inLoops(checker, node.generators, () => {
        const key = inferExpression(checker, node.key);
        requireKey(checker, key, node.key.at);
        return dictOf(
          key.kind === "str" ? strType : anyType,
          widen(inferExpression(checker, node.value, expected.kind === "dict" ? expected.value : anyType)),
        );
      });
    case "config":
      return inferConfig(checker, node, expected, definedAt);
    case "schemaExpression":
      return inferSchemaExpression(checker, node);
    case "quantifier":
      return inferQuantifier(checker, node);
    case "lambda":
      return inferLambda(checker, node);
    default:
      return anyType;
  }
}

function itemOf(expected: Type): Type {
  if (expected.kind === "list") return expected.item;
  const lists = expected.kind === "union" ? expected.members.filter((member) => member.kind === "list") : [];
  return lists.length === 1 ? (lists[0] as Type & { kind: "list" }).item : anyType;
}

const unpackable: ReadonlySet<Type["kind"]> = new Set(["any", "none", "union", "list", "dict", "schema"]);

function inferItem(checker: Checker, item: ListItem, expected: Type, definedAt: Place | undefined): Type[] {
  if (item.kind === "item") return [inferExpression(checker, item.value, itemOf(expected), definedAt)];
  if (item.kind === "spread") {
    const type = inferExpression(checker, item.value);
    if (!unpackable.has(type.kind))
      checker.report(
        kinds.compile,
        `only list, dict and schema object can be used * unpacked, got '${typeText(type)}'`,
        item.value.at,
      );
    return [type.kind === "list" ? type.item : type.kind === "dict" || type.kind === "schema" ? strType : anyType];
  }
  inferExpression(checker, item.condition);
  return [...item.whenTrue, ...item.otherwise].flatMap((one) => inferItem(checker, one, expected, definedAt));
}

function inferTemplate(checker: Checker, parts: readonly TemplatePart[]): Type {
  for (const part of parts) {
    inferExpression(checker, part.value);
    const format = part.format?.trim();
    if (format !== undefined && !["#json", "#yaml"].includes(format.toLowerCase()))
      checker.report(kinds.compile, `${format} is a invalid format spec`, part.at);
  }
  return strType;
}

function inferUnary(checker: Checker, node: Expression & { kind: "unary" }): Type {
  const type = inferExpression(checker, node.value);
  if (node.operator === "not") return boolType;
  if (type.kind === "int")
    return type.literal !== undefined && node.operator === "-"
      ? { kind: "int", literal: -type.literal }
      : node.operator === "+"
        ? type
        : intType;
  if (type.kind === "float")
    return type.literal !== undefined && node.operator === "-" ? { kind: "float", literal: -type.literal } : floatType;
  if (type.kind === "any" || type.kind === "union" || type.kind === "bool") return anyType;
  checker.report(kinds.type, `bad operand type for unary ${node.operator}: '${typeText(type)}'`, node.at);
  return anyType;
}

/** A chain (`a or b or c`) is one union of its parts. */
function inferLogic(checker: Checker, node: Expression & { kind: "logic" }, expected: Type, definedAt: Place | undefined): Type {
  const parts: Expression[] = [];
  let first: Expression = node;
  for (; first.kind === "logic"; first = first.left) parts.push(first.right);
  return unionOf([first, ...parts.reverse()].map((part) => inferExpression(checker, part, expected, definedAt)));
}

/** A chain (`a if x else b if y else c`) is one union of its parts. */
function inferConditional(
  checker: Checker,
  node: Expression & { kind: "conditional" },
  expected: Type,
  definedAt: Place | undefined,
): Type {
  const types: Type[] = [];
  let last: Expression = node;
  for (; last.kind === "conditional"; last = last.otherwise) {
    inferExpression(checker, last.condition);
    types.push(inferExpression(checker, last.whenTrue, expected, definedAt));
  }
  types.push(inferExpression(checker, last, expected, definedAt));
  return unionOf(types);
}

/** A chain (`a | b | c`) is inferred from its first part on; dicts and lists in it are joined at once. */
function inferBinary(checker: Checker, node: Expression & { kind: "binary" }, expected: Type): Type {
  const chain: { readonly node: Expression & { kind: "binary" }; readonly expected: Type }[] = [];
  let first: Expression = node;
  let wanted = expected;
  for (; first.kind === "binary"; first = first.left) {
    chain.push({ node: first, expected: wanted });
    if (first.operator !== "|") wanted = anyType;
  }
  const sum = new OperandSum(inferExpression(checker, first, wanted));
  for (const step of chain.reverse()) addOperand(checker, step.node, step.expected, sum);
  return sum.type;
}

function addOperand(checker: Checker, node: Expression & { kind: "binary" }, expected: Type, sum: OperandSum): void {
  const isUnion = node.operator === "|";
  const right = inferExpression(checker, node.right, isUnion ? (sum.kind === "schema" ? sum.type : expected) : anyType);
  if (isUnion && expected.kind === "schema" && sum.kind === "dict" && right.kind === "schema") return sum.become(expected);
  if (sum.add(node.operator, right)) return;
  checker.report(
    kinds.type,
    `unsupported operand type(s) for ${node.operator}: '${typeText(sum.type)}' and '${typeText(right)}'`,
    node.at,
  );
  sum.become(anyType);
}

function inferCompare(checker: Checker, node: CompareExpression): Type {
  let left = inferExpression(checker, node.first);
  for (const { operator, value } of node.rest) {
    const right = inferExpression(checker, value);
    if (compareType(operator, left, right) === undefined) {
      checker.report(
        kinds.type,
        `unsupported operand type(s) for ${operator}: '${typeText(left)}' and '${typeText(right)}'`,
        node.at,
      );
    }
    left = right;
  }
  return boolType;
}

function inferAs(checker: Checker, node: Expression & { kind: "as" }): Type {
  const from = inferExpression(checker, node.value);
  const to = checker.resolve(node.type);
  if (!mayCast(from, to))
    checker.report(
      kinds.type,
      `The conversion of type '${typeText(from)}' to type '${typeText(to)}' may be by mistake because neither type sufficiently overlaps with the other`,
      node.at,
    );
  return to;
}

function inferSelector(checker: Checker, node: SelectorExpression): Type {
  const target = inferExpression(checker, node.value);
  const type = memberType(checker, target, node.name);
  if (type !== undefined) return type;
  checker.report(
    kinds.type,
    `attribute '${node.name}' not found in '${typeText(target)}'${didYouMean(node.name, memberNames(target))}`,
    node.at,
  );
  return anyType;
}

/** The type of `target.name`, or undefined when there is no such thing. */
export function memberType(checker: Checker, target: Type, name: string): Type | undefined {
  switch (target.kind) {
    case "schema": {
      const signature = findIndexSignature(target.schema);
      return findAttribute(target.schema, name)?.type ?? signature?.value;
    }
    case "schemaValue":
      return name === "instances"
        ? { kind: "function", parameters: [], result: listOf({ kind: "schema", schema: target.schema }), variadic: true }
        : undefined;
    case "str":
      return methodSignatures.get(name);
    case "dict":
      return entryType(target, name);
    case "module":
      return moduleMember(checker, target, name);
    case "bool":
    case "int":
    case "float":
    case "list":
      return undefined;
    default:
      return anyType;
  }
}

/** Of a literal an entry is known, or open because it may be set later; of a declared dict every entry has the type of its values. */
function entryType(dict: DictType, name: string): Type {
  return dict.entries === undefined ? dict.value : (dict.entries.get(name)?.type ?? anyType);
}

function memberNames(target: Type): string[] {
  if (target.kind === "schemaValue") return ["instances"];
  return target.kind === "schema" ? [...target.schema.attributes.keys()] : [];
}

function moduleMember(checker: Checker, target: Type & { kind: "module" }, name: string): Type | undefined {
  if (target.system) return systemModule(target.path)?.has(name) ? anyType : undefined;
  const pkg = checker.program.packages.get(target.path);
  if (pkg === undefined) return anyType;
  const found = pkg.variables.get(name) ?? pkg.schemas.get(name);
  if (found === undefined && !pkg.aliases.has(name)) return undefined;
  return checker.globalType(pkg, name, "");
}

function inferSubscript(checker: Checker, node: Expression & { kind: "subscript" }): Type {
  const target = inferExpression(checker, node.value);
  const index = inferExpression(checker, node.index);
  requireSubscriptable(checker, target, node.value.at);
  if (target.kind === "list" || target.kind === "str") requireAssignable(checker, index, intType, node.index.at);
  if (target.kind === "dict" && !["str", "any", "none", "union"].includes(index.kind))
    checker.report(kinds.compile, `invalid dict key type: '${typeText(index)}'`, node.index.at);
  if (target.kind === "list") return target.item;
  if (target.kind === "str") return strType;
  if (target.kind === "dict")
    return index.kind === "str" && index.literal !== undefined ? entryType(target, index.literal) : target.value;
  return anyType;
}

function inferSlice(checker: Checker, node: SliceExpression): Type {
  const target = inferExpression(checker, node.value);
  requireSubscriptable(checker, target, node.value.at);
  if (target.kind === "dict") checker.report(kinds.compile, "unhashable type: 'slice'", node.value.at);
  for (const part of [node.lower, node.upper, node.step])
    if (part !== undefined) requireAssignable(checker, inferExpression(checker, part), intType, part.at);
  return widen(target);
}

const neverSubscriptable: ReadonlySet<Type["kind"]> = new Set(["bool", "int", "float", "multiplier", "function", "module"]);

function requireSubscriptable(checker: Checker, target: Type, at: Place): void {
  if (neverSubscriptable.has(target.kind)) checker.report(kinds.compile, `'${typeText(target)}' object is not subscriptable`, at);
}

/** Checks what stands in the loops; the loop variables are in scope for `run`. */
function inLoops(checker: Checker, generators: readonly Generator[], run: () => Type): Type {
  const [first, ...rest] = generators;
  if (first === undefined) return run();
  const source = inferExpression(checker, first.source);
  return checker.within("loop", loopVariables(checker, first.variables, source, first.source.at), () => {
    for (const condition of first.conditions) inferExpression(checker, condition);
    return inLoops(checker, rest, run);
  });
}

const neverIterable: ReadonlySet<Type["kind"]> = new Set([
  "bool",
  "int",
  "float",
  "multiplier",
  "function",
  "schemaValue",
  "module",
]);

function loopVariables(
  checker: Checker,
  variables: readonly LoopVariable[],
  source: Type,
  at: Place,
): (readonly [string, Type])[] {
  for (const variable of variables)
    if (!variable.plain) checker.report(kinds.compile, "loop variables can only be ordinary identifiers", variable.at);
  const extra = variables[2];
  if (extra !== undefined)
    checker.report(kinds.compile, `the number of loop variables is ${variables.length}, which can only be 1 or 2`, extra.at);
  if (neverIterable.has(source.kind)) checker.report(kinds.compile, `'${typeText(source)}' object is not iterable`, at);
  const types =
    source.kind === "list"
      ? [intType, source.item]
      : source.kind === "dict"
        ? [strType, source.value]
        : source.kind === "str"
          ? [intType, strType]
          : [anyType, anyType];
  const single = source.kind === "dict" ? strType : types[1]!;
  return variables.map(
    (variable, index) => [variable.name, variables.length === 1 ? single : (types[index] ?? anyType)] as const,
  );
}

function inferQuantifier(checker: Checker, node: QuantifierExpression): Type {
  const source = inferExpression(checker, node.source);
  const test = checker.within("loop", loopVariables(checker, node.variables, source, node.source.at), () => {
    if (node.condition !== undefined) inferExpression(checker, node.condition);
    return inferExpression(checker, node.test);
  });
  if (node.form === "map") return listOf(test);
  return node.form === "filter" ? source : boolType;
}

/** Reports a value that does not fit what is declared. */
export function requireAssignable(
  checker: Checker,
  from: Type,
  to: Type,
  at: Expression["at"],
  definedAt?: Expression["at"],
): boolean {
  if (isAssignable(from, to)) return true;
  const secondary = definedAt && [
    { message: `variable is defined here, its type is ${typeText(to)}, but got ${typeText(from)}`, position: definedAt },
  ];
  checker.report(kinds.type, `expected ${typeText(to)}, got ${typeText(from)}`, at, secondary === undefined ? {} : { secondary });
  return false;
}
