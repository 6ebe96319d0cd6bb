/** Runs a query over rows. Values of different types are never equal and have no order; nothing is converted. */

import { isJsonObject, type Json, type JsonObject, jsonEquals } from "@provisioning/model";
import type { Comparison, Condition, Operand, SelectQuery } from "./parse.js";

/** An answer is stored with its run. */
const MAX_ROWS = 1_000;

export function runQuery(
  query: SelectQuery,
  table: readonly JsonObject[],
  valueOf: (name: string) => Json,
): readonly JsonObject[] {
  const { where, order, columns, limit = MAX_ROWS } = query;
  const rows = where === undefined ? [...table] : table.filter((row) => holds(where, row, valueOf));
  rows.sort((a, b) => {
    for (const { column, isDescending } of order) {
      const difference = compareForOrder(fieldOf(a, column), fieldOf(b, column));
      if (difference !== 0) return isDescending ? -difference : difference;
    }
    return 0;
  });
  const chosen = rows.slice(0, Math.min(limit, MAX_ROWS));
  return columns === undefined
    ? chosen
    : chosen.map((row) => Object.fromEntries(columns.map((column) => [column, fieldOf(row, column)])));
}

function holds(condition: Condition, row: JsonObject, valueOf: (name: string) => Json): boolean {
  const value = (operand: Operand) => valueOfOperand(operand, row, valueOf);
  switch (condition.kind) {
    case "and":
      return condition.parts.every((part) => holds(part, row, valueOf));
    case "or":
      return condition.parts.some((part) => holds(part, row, valueOf));
    case "not":
      return !holds(condition.part, row, valueOf);
    case "compare":
      return compares(value(condition.left), condition.comparison, value(condition.right));
    case "in": {
      const left = value(condition.left);
      return condition.list.some((item) => jsonEquals(left, value(item))) !== condition.isNegated;
    }
    case "null":
      return (value(condition.left) === null) !== condition.isNegated;
  }
}

function valueOfOperand(operand: Operand, row: JsonObject, valueOf: (name: string) => Json): Json {
  switch (operand.kind) {
    case "column":
      return fieldOf(row, operand.name);
    case "value":
      return operand.value;
    case "bound":
      return valueOf(operand.name);
    case "text":
      return operand.parts.map((part) => (typeof part === "string" ? part : asText(valueOf(part.name)))).join("");
  }
}

function asText(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** `spec.plan` is a field of a field. */
function fieldOf(row: JsonObject, name: string): Json {
  if (Object.hasOwn(row, name)) return row[name] as Json;
  let value: Json = row;
  for (const part of name.split(".")) {
    if (!isJsonObject(value) || !Object.hasOwn(value, part)) return null;
    value = value[part] as Json;
  }
  return value;
}

function compares(left: Json, comparison: Comparison, right: Json): boolean {
  if (comparison === "=") return jsonEquals(left, right);
  if (comparison === "!=") return !jsonEquals(left, right);
  const order = orderOf(left, right);
  if (order === undefined) return false;
  switch (comparison) {
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
  }
}

function orderOf(left: Json, right: Json): number | undefined {
  if (typeof left === "number" && typeof right === "number") return left - right;
  if (typeof left === "string" && typeof right === "string") return left < right ? -1 : left > right ? 1 : 0;
  return undefined;
}

/** What has no order with the other comes last; nothing comes first. */
function compareForOrder(left: Json, right: Json): number {
  return orderOf(left, right) ?? rankOf(left) - rankOf(right);
}

function rankOf(value: Json): number {
  if (value === null) return 0;
  const rank = ["boolean", "number", "string"].indexOf(typeof value);
  return rank === -1 ? 4 : rank + 1;
}
