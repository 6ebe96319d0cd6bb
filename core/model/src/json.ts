/** Plain data, as it is stored, hashed and sent. */

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** The same text for equal values: keys sorted, no white space. Linear in the size of the value. */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (isJsonArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const entries = Object.keys(value)
    .sort()
    .filter((key) => value[key] !== undefined)
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key] as Json)}`);
  return `{${entries.join(",")}}`;
}

export function jsonEquals(left: Json, right: Json): boolean {
  return left === right || canonicalJson(left) === canonicalJson(right);
}

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value when it is text, else nothing: for data whose shape somebody else wrote. */
export function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

function isJsonArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
