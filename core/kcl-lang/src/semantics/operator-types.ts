/** The types of operators' results, and which operands they refuse. */
import type { BinaryOperator, CompareOperator } from "../syntax/ast.js";
import { anyType, boolType, floatType, intType, listOf, type Type, unionOf, widen } from "./types.js";

type Kind = Type["kind"];

const numeric: readonly Kind[] = ["int", "float", "bool"];

/** The type of `left operator right`, or undefined when the operands do not go together. */
export function binaryType(operator: BinaryOperator, left: Type, right: Type): Type | undefined {
  if (left.kind === "union" || right.kind === "union") return unionResult(operator, left, right);
  if (left.kind === "any" || right.kind === "any") return anyType;
  if (operator === "|") return unionOperator(left, right);
  const [a, b] = [left.kind, right.kind];
  if (operator === "+") {
    if (a === "str" && b === "str") return { kind: "str" };
    if (a === "list" && b === "list") return listOf(unionOf([(left as { item: Type }).item, (right as { item: Type }).item]));
    if (a === "list" && b === "none") return anyType;
  }
  if (operator === "*") {
    if ((a === "str" || a === "list") && b === "int") return widen(left);
    if ((b === "str" || b === "list") && a === "int") return widen(right);
  }
  return arithmetic(operator, left, right);
}

/** Bools count as numbers in arithmetic at run time, but the checker refuses them in `+`. */
function arithmetic(operator: BinaryOperator, left: Type, right: Type): Type | undefined {
  const allowed: readonly Kind[] = ["int", "float"];
  if (!allowed.includes(left.kind) || !allowed.includes(right.kind)) return undefined;
  if (operator === "/") return floatType;
  if (left.kind === "int" && right.kind === "int") return operator === "**" ? anyType : intType;
  return ["&", "^", "<<", ">>"].includes(operator) ? undefined : floatType;
}

function unionResult(operator: BinaryOperator, left: Type, right: Type): Type | undefined {
  const lefts = left.kind === "union" ? left.members : [left];
  const rights = right.kind === "union" ? right.members : [right];
  const results = lefts.flatMap((one) => rights.flatMap((other) => binaryType(operator, one, other) ?? []));
  return results.length === 0 ? undefined : unionOf(results);
}

function unionOperator(left: Type, right: Type): Type | undefined {
  if (left.kind === "none") return right;
  if (right.kind === "none") return left;
  if (left.kind === "int" && right.kind === "int") return intType;
  if (left.kind === "list" && right.kind === "list") return listOf(unionOf([left.item, right.item]));
  if (left.kind === "dict" && right.kind === "dict") return mergeDicts(left, right);
  if (left.kind === "schema" && (right.kind === "schema" || right.kind === "dict")) return left;
  return undefined;
}

function mergeDicts(left: Type & { kind: "dict" }, right: Type & { kind: "dict" }): Type {
  const entries =
    left.entries !== undefined && right.entries !== undefined ? new Map([...left.entries, ...right.entries]) : undefined;
  return {
    kind: "dict",
    key: unionOf([left.key, right.key]),
    value: unionOf([left.value, right.value]),
    ...(entries && { entries }),
  };
}

/** `bool`, or undefined when the operands have no order. */
export function compareType(operator: CompareOperator, left: Type, right: Type): Type | undefined {
  if (!["<", "<=", ">", ">="].includes(operator)) return boolType;
  const passes: readonly Kind[] = ["any", "union", "none", "multiplier"];
  if (passes.includes(left.kind) || passes.includes(right.kind)) return boolType;
  if (numeric.includes(left.kind) && numeric.includes(right.kind)) return boolType;
  return (left.kind === "str" || left.kind === "list") && left.kind === right.kind ? boolType : undefined;
}
