/** A document as an expression of the language, every part with its place in the data. */
import type { ConfigEntry, Expression, ListItem } from "../syntax/ast.js";
import type { JsonValue } from "../runtime/json-value.js";
import type { DataDocument, DataPath } from "./data-file.js";

export function dataExpression(document: DataDocument, value: JsonValue = document.value, path: DataPath = []): Expression {
  const at = document.placeOf(path);
  if (value === null || typeof value === "boolean") return { kind: "constant", at, value };
  if (typeof value === "string") return { kind: "string", at, value };
  if (typeof value === "bigint") return { kind: "int", at, value };
  if (typeof value === "number")
    return Number.isSafeInteger(value) ? { kind: "int", at, value: BigInt(value) } : { kind: "float", at, value };
  if (Array.isArray(value)) {
    const items = value.map((item: JsonValue, index): ListItem => {
      return { kind: "item", value: dataExpression(document, item, [...path, index]) };
    });
    return { kind: "list", at, items };
  }
  const entries = Object.entries(value).map(([key, item]): ConfigEntry => {
    const keyAt = document.placeOf([...path, key], "key");
    return {
      kind: "entry",
      at: keyAt,
      key: { kind: "string", at: keyAt, value: key },
      bare: false,
      operator: ":",
      value: dataExpression(document, item ?? null, [...path, key]),
    };
  });
  return { kind: "config", at, entries };
}
