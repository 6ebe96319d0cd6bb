/**
 * What a rollback came to: for each operation that it was to undo whether what is there now is what was there before, by what the handlers
 * saw before the first attempt and after undoing.
 */

import { canonicalJson, type ErrorRecord, isJsonObject, type Json, type OperationId } from "@provisioning/model";
import { isHalf, type OperationState, type RunState } from "./state.js";

export type Undone =
  /** Proven: what is there is what was there. */
  | { readonly type: "equal"; readonly operation: OperationId }
  /** It was undone, and something is not as it was. */
  | { readonly type: "differs"; readonly operation: OperationId; readonly differences: readonly Difference[] }
  /** It was undone; its handler cannot tell what is there. */
  | { readonly type: "unverified"; readonly operation: OperationId }
  /** `error` is absent when it was not tried. */
  | { readonly type: "notUndone"; readonly operation: OperationId; readonly error?: ErrorRecord }
  /** It failed or was cut short, and what it may have left was not undone. */
  | { readonly type: "half"; readonly operation: OperationId };

export interface Difference {
  /** Names and places from the outside in; empty for the whole. */
  readonly path: readonly (string | number)[];
  /** Absent: it was not there. */
  readonly before?: Json;
  readonly after?: Json;
}

export interface RollbackReport {
  /** From 1. */
  readonly number: number;
  /** Everything that was to be undone is proven to be as it was. */
  readonly isProven: boolean;
  /** In the order of the definition. */
  readonly operations: readonly Undone[];
}

/** Absent for a run that was never rolled back, and while it is. */
export function rollbackReport(state: RunState): RollbackReport | undefined {
  const rollback = "rollback" in state ? state.rollback : undefined;
  if (rollback === undefined || state.status === "rollingBack") return undefined;
  const operations: Undone[] = [];
  for (const [operation, operationState] of state.operations) {
    const undone = undoneOf(operation, operationState, rollback.keep);
    if (undone !== undefined) operations.push(undone);
  }
  return { number: rollback.number, isProven: operations.every(({ type }) => type === "equal"), operations };
}

function undoneOf(operation: OperationId, state: OperationState, keep: number): Undone | undefined {
  switch (state.status) {
    case "compensated":
      return verdict(operation, state);
    case "compensationFailed":
      return { type: "notUndone", operation, error: state.error };
    case "completed":
      return state.order >= keep ? { type: "notUndone", operation } : undefined;
    default:
      return isHalf(state) ? { type: "half", operation } : undefined;
  }
}

function verdict(operation: OperationId, { before, after }: { readonly before?: Json; readonly after?: Json }): Undone {
  if (before === undefined || after === undefined) return { type: "unverified", operation };
  const differences = differencesOf(before, after);
  return differences.length === 0 ? { type: "equal", operation } : { type: "differs", operation, differences };
}

function differencesOf(before: Json, after: Json, path: readonly (string | number)[] = []): readonly Difference[] {
  if (isJsonObject(before) && isJsonObject(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return names.flatMap((name) => differencesIn(before[name], after[name], [...path, name]));
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const places = Array.from({ length: Math.max(before.length, after.length) }, (_, place) => place);
    return places.flatMap((place) => differencesIn(before[place], after[place], [...path, place]));
  }
  return canonicalJson(before) === canonicalJson(after) ? [] : [{ path, before, after }];
}

function differencesIn(
  before: Json | undefined,
  after: Json | undefined,
  path: readonly (string | number)[],
): readonly Difference[] {
  if (before !== undefined && after !== undefined) return differencesOf(before, after, path);
  if (before === after) return [];
  return [{ path, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }];
}
