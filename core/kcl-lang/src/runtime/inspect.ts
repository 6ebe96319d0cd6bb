/** Questions about a value: its type's name, its truth, equality. */
import { KclDict, type Entry, KclFunction, KclInstance, KclList, KclModule, KclMultiplier, type Value } from "./values.js";
import { SchemaClass } from "./schema-class.js";

export function typeName(value: Value, fullName = false): string {
  if (value === null) return "NoneType";
  switch (typeof value) {
    case "undefined":
      return "UndefinedType";
    case "boolean":
      return "bool";
    case "bigint":
      return "int";
    case "number":
      return "float";
    case "string":
      return "str";
    default:
  }
  if (value instanceof KclList) return "list";
  if (value instanceof KclDict) return "dict";
  if (value instanceof KclInstance) return fullName ? value.schema.qualifiedName : value.schema.name;
  if (value instanceof KclMultiplier) return "number_multiplier";
  if (value instanceof KclFunction) return "function";
  if (value instanceof KclModule) return "module";
  return "schema";
}

export function isTrue(value: Value): boolean {
  if (value === null || value === undefined || value === false || value === 0 || value === 0n || value === "") return false;
  if (value instanceof KclList) return value.length > 0;
  if (value instanceof KclDict || value instanceof KclInstance) return value.peekEntries().size > 0;
  if (value instanceof KclMultiplier) return value.value !== 0;
  return true;
}

export function isNothing(value: Value): value is null | undefined {
  return value === null || value === undefined;
}

export function isNumber(value: Value): value is bigint | number {
  return typeof value === "bigint" || typeof value === "number";
}

/** `==` of the language: by content; different types are unequal, except int and float. */
export function equals(left: Value, right: Value): boolean {
  if (left === right) return true;
  if (isNumber(left) && isNumber(right))
    return (
      Number(left) === Number(right) &&
      (typeof left !== typeof right
        ? BigInt(Math.trunc(Number(left))) === BigInt(Math.trunc(Number(right)))
        : typeof left === "number")
    );
  if (left instanceof KclMultiplier || right instanceof KclMultiplier) return equalMultipliers(left, right);
  if (left instanceof KclList && right instanceof KclList) {
    const others = right.peekItems();
    return left.length === others.length && left.peekItems().every((item, index) => equals(item, others[index]));
  }
  const leftEntries = peekEntriesOf(left);
  const rightEntries = peekEntriesOf(right);
  return leftEntries !== undefined && rightEntries !== undefined && equalEntries(leftEntries, rightEntries);
}

function equalMultipliers(left: Value, right: Value): boolean {
  const a = left instanceof KclMultiplier ? left.value : left;
  const b = right instanceof KclMultiplier ? right.value : right;
  return isNumber(a) && isNumber(b) && Number(a) === Number(b);
}

function equalEntries(left: ReadonlyMap<string, Entry>, right: ReadonlyMap<string, Entry>): boolean {
  if (left.size !== right.size) return false;
  for (const [key, entry] of left) {
    const other = right.get(key);
    if (other === undefined || !equals(entry.value, other.value)) return false;
  }
  return true;
}

/** The entries of a dict or instance, else undefined. */
export function entriesOf(value: Value): ReadonlyMap<string, Entry> | undefined {
  if (value instanceof KclDict) return value.entries;
  return value instanceof KclInstance ? value.attributes : undefined;
}

/** The same, to be looked at before anything else is evaluated (`held-entries.ts`). */
export function peekEntriesOf(value: Value): ReadonlyMap<string, Entry> | undefined {
  return value instanceof KclDict || value instanceof KclInstance ? value.peekEntries() : undefined;
}

export function isCallable(value: Value): value is KclFunction | SchemaClass {
  return value instanceof KclFunction || value instanceof SchemaClass;
}
