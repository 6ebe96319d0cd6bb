/** The types of operators' results, and which operands they refuse. */
import type { BinaryOperator, CompareOperator } from "../syntax/ast.js";
import { anyType, boolType, type DictType, floatType, intType, listOf, type Type, unionOf, widen } from "./types.js";

type Kind = Type["kind"];
type ListType = Type & { kind: "list" };

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

/**
 * The type of `a + b + c …` or `a | b | c …`. Joining types costs what they have in parts, so those of dicts and of lists in a row are
 * collected and joined when somebody asks.
 */
export class OperandSum {
  private readonly dicts: DictType[] = [];
  private readonly lists: ListType[] = [];

  constructor(private known: Type) {
    this.become(known);
  }

  get kind(): Kind {
    return this.known.kind;
  }

  get type(): Type {
    if (this.dicts.length > 1) this.become(mergeDicts(this.dicts));
    if (this.lists.length > 1) this.become(listOf(unionOf(this.lists.map((list) => list.item))));
    return this.known;
  }

  become(type: Type): void {
    this.known = type;
    this.dicts.length = 0;
    this.lists.length = 0;
    if (type.kind === "dict") this.dicts.push(type);
    if (type.kind === "list") this.lists.push(type);
  }

  /** Adds an operand; false when the operator does not go with it. */
  add(operator: BinaryOperator, right: Type): boolean {
    if (operator === "|" && this.kind === "dict" && right.kind === "dict") this.dicts.push(right);
    else if ((operator === "|" || operator === "+") && this.kind === "list" && right.kind === "list") this.lists.push(right);
    else {
      const type = binaryType(operator, this.type, right);
      if (type === undefined) return false;
      this.become(type);
    }
    return true;
  }
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
  if (left.kind === "dict" && right.kind === "dict") return mergeDicts([left, right]);
  if (left.kind === "schema" && (right.kind === "schema" || right.kind === "dict")) return left;
  return undefined;
}

function mergeDicts(dicts: readonly DictType[]): Type {
  const known = dicts.flatMap((dict) => (dict.entries === undefined ? [] : [dict.entries]));
  const entries = known.length === dicts.length ? new Map(known.flatMap((one) => [...one])) : undefined;
  return {
    kind: "dict",
    key: unionOf(dicts.map((dict) => dict.key)),
    value: unionOf(dicts.map((dict) => dict.value)),
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
