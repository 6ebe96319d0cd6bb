/** One change on its way through the tree: what is left of its path, and what to do at its end. */
import type { Place } from "../diagnostics/place.js";
import type { ConfigEntry, ConfigExpression, ConfigOperator, Expression, KeyedEntry } from "../syntax/ast.js";
import type { OverrideOperator, OverrideStep } from "./override.js";

export interface Change {
  readonly steps: readonly OverrideStep[];
  readonly operator: OverrideOperator;
  /** Undefined for `-`. */
  readonly value: Expression | undefined;
  readonly at: Place;
  /** Reports why it cannot be made; the tree stays as it is there. */
  readonly refuse: (reason: string) => void;
}

/** The same change, seen from one or more steps further in. */
export function inside(change: Change, count = 1): Change {
  return { ...change, steps: change.steps.slice(count) };
}

/** The entry that makes the change when it is merged: `a: {b: {c = value}}` for the steps a, b, c. */
export function entryFor(change: Change): KeyedEntry | undefined {
  const [key, next, ...rest] = change.steps;
  if (key?.kind !== "key") return undefined;
  const index = next?.kind === "index" ? next.index : undefined;
  const inner = { ...change, steps: index === undefined ? change.steps.slice(1) : rest };
  const leaf = inner.steps.length === 0;
  const value = leaf ? leafValue(change) : configFor(inner);
  if (value === undefined) return undefined;
  return {
    kind: "entry",
    at: change.at,
    key: { kind: "string", at: change.at, value: key.name },
    bare: false,
    ...(index === undefined ? {} : { index: indexExpression(index, change.at) }),
    operator: leaf ? leafOperator(change.operator) : ":",
    value,
  };
}

/** A config that holds nothing but the change; undefined when the path goes on with a position. */
export function configFor(change: Change): ConfigExpression | undefined {
  const entry = entryFor(change);
  return entry && { kind: "config", at: change.at, entries: [entry] };
}

function leafOperator(operator: OverrideOperator): ConfigOperator {
  return operator === "-" ? "=" : operator;
}

function leafValue(change: Change): Expression {
  return change.value ?? { kind: "constant", at: change.at, value: undefined };
}

function indexExpression(index: number, at: Place): Expression {
  const value: Expression = { kind: "int", at, value: BigInt(Math.abs(index)) };
  return index < 0 ? { kind: "unary", at, operator: "-", value } : value;
}

/** The text of a key that is written out; undefined for computed ones. */
export function keyText(entry: ConfigEntry): string | undefined {
  if (entry.kind !== "entry") return undefined;
  if (entry.key.kind === "name") return entry.key.name;
  return entry.key.kind === "string" ? entry.key.value : undefined;
}

/** The number of an index that is written out. */
export function literalIndex(index: Expression | undefined): number | undefined {
  if (index?.kind === "int") return Number(index.value);
  return index?.kind === "unary" && index.operator === "-" && index.value.kind === "int" ? -Number(index.value.value) : undefined;
}
