/** Plain JavaScript data to values and back. */
import { type Entry, KclDict, KclFunction, KclInstance, KclList, KclMultiplier, type Value } from "./values.js";

export type JsonValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue | undefined };

/**
 * Whole numbers become integers; `undefined` members are left out. `listsReplace`: a list in an object takes the place of what it is merged
 * into, as if it was written with `=`. Default: it is merged member by member, as with `:`.
 */
export function fromJavaScript(data: unknown, listsReplace = false): Value {
  if (data === null || data === undefined) return null;
  if (typeof data === "number") return Number.isSafeInteger(data) ? BigInt(data) : data;
  if (typeof data === "boolean" || typeof data === "bigint" || typeof data === "string") return data;
  if (Array.isArray(data)) return new KclList(data.map((item) => fromJavaScript(item, listsReplace)));
  if (data instanceof Date) return data.toISOString();
  if (typeof data !== "object") return null;
  const entries = new Map<string, Entry>();
  for (const [key, value] of Object.entries(data)) {
    if (value === undefined) continue;
    entries.set(key, { value: fromJavaScript(value, listsReplace), operator: listsReplace && Array.isArray(value) ? "=" : ":" });
  }
  return new KclDict(entries);
}

/** Functions and Undefined members are left out; integers beyond the safe range stay bigints. */
export function toJavaScript(value: Value): JsonValue {
  if (value === null || value === undefined) return null;
  if (typeof value === "bigint")
    return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
  if (typeof value === "boolean" || typeof value === "number" || typeof value === "string") return value;
  if (value instanceof KclMultiplier) return value.value;
  if (value instanceof KclList) return value.items.map(toJavaScript);
  if (!(value instanceof KclDict) && !(value instanceof KclInstance)) return null;
  const result: Record<string, JsonValue> = {};
  for (const [key, entry] of value instanceof KclDict ? value.entries : value.attributes) {
    if (entry.value === undefined || entry.value instanceof KclFunction) continue;
    Object.defineProperty(result, key, {
      value: toJavaScript(entry.value),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return result;
}
