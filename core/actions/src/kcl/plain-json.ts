/** Values of the language as plain data. */

import type { JsonValue } from "@provisioning/kcl-lang";
import type { Json } from "@provisioning/model";

/** Whole numbers that plain data cannot hold exactly become text, which nothing takes for a number. */
export function plainJson(value: JsonValue): Json {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(plainJson);
  if (typeof value !== "object" || value === null) return value as Json;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plainJson(item as JsonValue)]));
}
