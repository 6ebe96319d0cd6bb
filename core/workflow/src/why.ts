/**
 * Why something is as it is: for a run and each of its operations, as data, from what is recorded. Pure; a view makes sentences of it.
 */

import type { DependencyType, ErrorRecord, Instant, OperationDefinition, OperationId } from "@provisioning/model";
import { needsOf, type SlotHolder, type SlotView } from "./slots.js";
import type { OperationState, OperationStatus, RunState } from "./state.js";

export interface WaitedFor {
  readonly operation: OperationId;
  readonly type: DependencyType;
  readonly status: OperationStatus;
}

export type OperationReason =
  /** What it needs has not come to its end. */
  | { readonly type: "waitsForOperations"; readonly operations: readonly WaitedFor[] }
  | { readonly type: "waitsForSlot"; readonly slot: string; readonly holders: readonly SlotHolder[] }
  /** The run's own limit is reached. */
  | { readonly type: "waitsForPlace"; readonly limit: number; readonly running: readonly OperationId[] }
  | { readonly type: "waitsForCondition"; readonly expression: string }
  /** It could start; its run does not go on now. */
  | { readonly type: "waitsForRun"; readonly run: RunReason }
  | { readonly type: "retries"; readonly at: Instant; readonly attempt: number; readonly error: ErrorRecord }
  | { readonly type: "runs"; readonly attempt: number; readonly since: Instant; readonly holder: string }
  | { readonly type: "completed"; readonly at: Instant; readonly attempt: number }
  | { readonly type: "failed"; readonly at: Instant; readonly attempt: number; readonly error: ErrorRecord }
  /** Something it needs failed, or the run stopped after a failure. */
  | { readonly type: "skipped"; readonly because: OperationId; readonly isNeeded: boolean; readonly error?: ErrorRecord }
  | { readonly type: "passed"; readonly by: string; readonly at: Instant }
  | { readonly type: "cancelled"; readonly by: string; readonly reason: string; readonly wasStarted: boolean }
  | { readonly type: "isUndone" | "wasUndone"; readonly because?: OperationId; readonly by?: string }
  | { readonly type: "notUndone"; readonly error: ErrorRecord };

export type RunReason =
  | { readonly type: "waitsForWorker"; readonly isDue: boolean; readonly notBefore?: Instant }
  | { readonly type: "worked"; readonly holder: string; readonly since: Instant }
  | { readonly type: "pausing" | "paused"; readonly by: string; readonly reason: string; readonly at: Instant }
  | { readonly type: "cancelled"; readonly by: string; readonly reason: string; readonly at: Instant }
  | {
      readonly type: "rollsBack" | "rolledBack";
      readonly because?: OperationId;
      readonly by?: string;
      readonly toCheckpoint: boolean;
    }
  | { readonly type: "completed" }
  | { readonly type: "failed"; readonly operations: readonly OperationId[] };

export interface Circumstances {
  readonly now: Instant;
  /** Who holds which slot, where that is known. */
  readonly slots: readonly SlotView[];
}

export function whyRun(state: RunState, { now }: Pick<Circumstances, "now">): RunReason {
  switch (state.status) {
    case "pending": {
      const { notBefore } = state.definition;
      return {
        type: "waitsForWorker",
        isDue: notBefore === undefined || notBefore <= now,
        ...(notBefore === undefined ? {} : { notBefore }),
      };
    }
    case "running":
      if (state.cancellation !== undefined) return { type: "cancelled", ...state.cancellation };
      if (state.pause !== undefined) return { type: "pausing", ...state.pause };
      return { type: "worked", holder: state.claim.holder, since: state.claim.at };
    case "paused":
      return { type: "paused", ...state.pause };
    case "rollingBack":
    case "rolledBack":
      return {
        type: state.status === "rolledBack" ? "rolledBack" : "rollsBack",
        ...causeOf(state.rollback),
        toCheckpoint: state.rollback.keep > 0,
      };
    case "completed":
      return { type: "completed" };
    case "failed":
      return {
        type: "failed",
        operations: [...state.operations].flatMap(([id, { status }]) => (status === "failed" ? [id] : [])),
      };
    case "cancelled":
      return state.cancellation === undefined
        ? { type: "cancelled", by: "", reason: "", at: state.endedAt }
        : { type: "cancelled", ...state.cancellation };
  }
}

/** @throws InvariantError for an id that the run does not have */
export function whyOperation(state: RunState, id: OperationId, circumstances: Circumstances): OperationReason {
  const operation = state.operations.get(id);
  switch (operation.status) {
    case "pending":
      return whyPending(state, id, circumstances);
    case "running":
      return { type: "runs", attempt: operation.attempt, since: operation.startedAt, holder: holderOf(state) };
    case "retrying":
      return { type: "retries", at: operation.retryAt, attempt: operation.attempt, error: operation.error };
    case "completed":
      return { type: "completed", at: operation.completedAt, attempt: operation.attempt };
    case "failed":
      return { type: "failed", at: operation.failedAt, attempt: operation.attempt, error: operation.error };
    case "skipped":
      return whySkipped(state, id, operation.because);
    case "passed":
      return { type: "passed", by: operation.by, at: operation.passedAt };
    case "cancelled":
      return whyCancelled(state, operation);
    case "compensating":
      return { type: "isUndone", ...rollbackCause(state) };
    case "compensated":
      return { type: "wasUndone", ...rollbackCause(state) };
    case "compensationFailed":
      return { type: "notUndone", error: operation.error };
  }
}

function whyPending(state: RunState, id: OperationId, circumstances: Circumstances): OperationReason {
  const definition = state.definition.operations[state.operations.indexOf(id)] as OperationDefinition;
  const operations = definition.dependsOn.flatMap(({ on, type }) => {
    const status = state.operations.has(on) ? state.operations.get(on).status : undefined;
    return status === undefined || SETTLED.has(status) ? [] : [{ operation: on, type, status }];
  });
  if (operations.length > 0) return { type: "waitsForOperations", operations };
  const run = whyRun(state, circumstances);
  if (run.type !== "worked") return { type: "waitsForRun", run };
  if (definition.waitCondition !== undefined)
    return { type: "waitsForCondition", expression: definition.waitCondition.expression };
  const limit = state.definition.parallelLimit;
  if (state.counts.running >= limit) return { type: "waitsForPlace", limit, running: runningIn(state) };
  for (const { name, capacity } of needsOf(definition, state.definition.infra)) {
    const holders = circumstances.slots.find((slot) => slot.name === name)?.holders ?? [];
    if (capacity !== undefined && holders.length >= capacity) return { type: "waitsForSlot", slot: name, holders };
  }
  return { type: "waitsForRun", run };
}

function whySkipped(state: RunState, id: OperationId, because: OperationId): OperationReason {
  const cause = state.operations.get(because);
  const error = cause.status === "failed" ? { error: cause.error } : {};
  return { type: "skipped", because, isNeeded: needs(state, id, because), ...error };
}

/** Over any number of dependencies. */
function needs(state: RunState, id: OperationId, wanted: OperationId): boolean {
  const found = new Set([id]);
  for (const current of found) {
    const definition = state.definition.operations[state.operations.indexOf(current)];
    for (const { on, type } of definition?.dependsOn ?? []) if (type === "hard" && state.operations.has(on)) found.add(on);
  }
  return found.has(wanted);
}

function whyCancelled(state: RunState, { attempt }: OperationState & { status: "cancelled" }): OperationReason {
  const cancellation = "cancellation" in state ? state.cancellation : undefined;
  return { type: "cancelled", by: cancellation?.by ?? "", reason: cancellation?.reason ?? "", wasStarted: attempt > 0 };
}

function rollbackCause(state: RunState): { readonly because?: OperationId; readonly by?: string } {
  return "rollback" in state && state.rollback !== undefined ? causeOf(state.rollback) : {};
}

function causeOf({ because, by }: { readonly because?: OperationId; readonly by?: string }) {
  return { ...(because === undefined ? {} : { because }), ...(by === undefined ? {} : { by }) };
}

function holderOf(state: RunState): string {
  return "claim" in state ? (state.claim?.holder ?? "") : "";
}

function runningIn(state: RunState): readonly OperationId[] {
  return [...state.operations].flatMap(([id, { status }]) => (status === "running" ? [id] : []));
}

/** Nobody waits for these any more. */
const SETTLED: ReadonlySet<OperationStatus> = new Set<OperationStatus>([
  "completed",
  "failed",
  "skipped",
  "passed",
  "cancelled",
  "compensated",
]);
