/** Whether a value of one type may stand where another is declared. Unknown types pass; they are checked at run time. */
import { findAttribute } from "./attribute-index.js";
import { findIndexSignature, isDescendant, type SchemaSymbol } from "./symbols.js";
import type { DictType, FunctionType, Type } from "./types.js";

export function isAssignable(from: Type, to: Type): boolean {
  if (from === to || to.kind === "any" || from.kind === "any" || from.kind === "none") return true;
  if (from.kind === "union") return from.members.every((member) => isAssignable(member, to));
  if (to.kind === "union") return to.members.some((member) => isAssignable(from, member));
  switch (to.kind) {
    case "bool":
    case "int":
    case "multiplier":
      return from.kind === to.kind && fitsLiteral(from, to);
    case "str":
      return from.kind === "str" && (to.literal === undefined || from.literal === undefined || to.literal === from.literal);
    case "float":
      return isFloat(from, to);
    case "list":
      return from.kind === "list" && isAssignable(from.item, to.item);
    case "dict":
      return isDict(from, to);
    case "schema":
      return (
        (from.kind === "schema" && isDescendant(from.schema, to.schema)) ||
        (from.kind === "dict" && dictFitsSchema(from, to.schema))
      );
    case "function":
      return from.kind === "schemaValue" || (from.kind === "function" && isFunction(from, to));
    case "schemaValue":
      return from.kind === "schemaValue";
    default:
      return from.kind === to.kind;
  }
}

function fitsLiteral(from: Type, to: Type): boolean {
  const wanted = "literal" in to ? to.literal : undefined;
  const given = "literal" in from ? from.literal : undefined;
  if (wanted === undefined) return true;
  if (given === undefined) return false;
  if (typeof wanted === "object" && typeof given === "object") return wanted.value === given.value && wanted.unit === given.unit;
  return wanted === given;
}

/** Integers are floats, literals of bool too. Whether an integer is a certain float is tested at run time. */
function isFloat(from: Type, to: Type & { kind: "float" }): boolean {
  if (from.kind === "int") return true;
  if (from.kind === "bool" && from.literal !== undefined) return to.literal === undefined || Number(from.literal) === to.literal;
  return from.kind === "float" && (to.literal === undefined || to.literal === from.literal);
}

function isDict(from: Type, to: DictType): boolean {
  if (from.kind === "dict") return isAssignable(from.key, to.key) && isAssignable(from.value, to.value);
  return false;
}

function dictFitsSchema(from: DictType, schema: SchemaSymbol): boolean {
  const signature = findIndexSignature(schema);
  if (from.entries === undefined) return true;
  for (const [name, entry] of from.entries) {
    const type = findAttribute(schema, name)?.type ?? signature?.value;
    if (type === undefined || !isAssignable(entry.type, type)) return false;
  }
  return true;
}

function isFunction(from: FunctionType, to: FunctionType): boolean {
  if (from.variadic || to.variadic) return true;
  return (
    from.parameters.length >= to.parameters.length &&
    to.parameters.every((parameter, index) => isAssignable(parameter.type, from.parameters[index]!.type)) &&
    isAssignable(from.result, to.result)
  );
}

/** Whether `x as T` can hold at all: one of the types may stand for the other. */
export function mayCast(from: Type, to: Type): boolean {
  if (isAssignable(from, to) || isAssignable(to, from)) return true;
  if (from.kind === "union") return from.members.some((member) => mayCast(member, to));
  return to.kind === "union" && to.members.some((member) => mayCast(from, member));
}
