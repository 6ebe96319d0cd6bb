/**
 * What a run and its operations can be, each with exactly the fields that exist then.
 *
 * A run:
 *
 *     pending ──claimed──▶ running ──▶ completed | failed | cancelled
 *      ▲ ▲ │                │ │ │                      │ rollback asked for (also of a completed run)
 *      │ │ └──paused──┐     │ │ └─rollback─▶ rollingBack ◀┘
 *      │ │            ▼     │ │                   └──▶ rolledBack | cancelled
 *      │ └─resumed─ paused ◀┘ └─released─▶ pending
 *      └─retried─ completed | failed | cancelled
 *
 * An operation:
 *
 *     pending ─▶ running ─▶ completed ─▶ compensating ─▶ compensated
 *        │        │  ▲  └─▶ failed            └─▶ compensationFailed ─▶ compensating (rolled back once more)
 *        │        ▼  │
 *        │       retrying                 running ─▶ running: its worker died, another one tries again
 *        └─▶ skipped | cancelled          running, retrying ─▶ cancelled
 *     A person may pass over what does not run (pending, retrying, failed, skipped, cancelled ─▶ passed), and have what has ended tried
 *     again (─▶ pending).
 */

import type { CancelMode, ErrorRecord, FencingToken, Instant, Json, OperationId, RunDefinition } from "@provisioning/model";
import type { OperationTable } from "./operation-table.js";
import type { Vector } from "./vector.js";

export type OperationState =
  | { readonly status: "pending" }
  | {
      readonly status: "running";
      /** From 1. Attempts that a crash cut short count here. */
      readonly attempt: number;
      /** Attempts that ended in an error. These count against `maxAttempts`. */
      readonly failures: number;
      readonly startedAt: Instant;
      readonly token: FencingToken;
    }
  | {
      readonly status: "retrying";
      readonly attempt: number;
      readonly failures: number;
      readonly error: ErrorRecord;
      readonly retryAt: Instant;
    }
  | {
      readonly status: "completed";
      readonly attempt: number;
      readonly output: Json;
      readonly completedAt: Instant;
      /** The how many-th of its run to be completed, from 0. */
      readonly order: number;
    }
  | { readonly status: "failed"; readonly attempt: number; readonly error: ErrorRecord; readonly failedAt: Instant }
  /** `because`: the operation whose failure was the reason. */
  | { readonly status: "skipped"; readonly because: OperationId }
  /** Somebody decided that it counts as done. */
  | { readonly status: "passed"; readonly by: string; readonly passedAt: Instant }
  /** `attempt` 0: it was never started. Otherwise its effect may be there in part. */
  | { readonly status: "cancelled"; readonly attempt: number }
  | {
      readonly status: "compensating";
      readonly output: Json;
      readonly order: number;
      readonly startedAt: Instant;
      readonly token: FencingToken;
    }
  | { readonly status: "compensated"; readonly compensatedAt: Instant }
  | {
      readonly status: "compensationFailed";
      readonly output: Json;
      readonly order: number;
      readonly error: ErrorRecord;
      /** The number of the rollback in which it failed. A later one tries again. */
      readonly rollback: number;
    };

export type OperationStatus = OperationState["status"];

export interface Claim {
  readonly holder: string;
  readonly token: FencingToken;
  readonly at: Instant;
}

export interface Cancellation {
  readonly by: string;
  readonly reason: string;
  readonly mode: CancelMode;
  readonly at: Instant;
}

/** Somebody asked for a pause; nothing more is started. */
export interface PauseRequest {
  readonly by: string;
  readonly reason: string;
  readonly at: Instant;
}

export interface Checkpoint {
  readonly number: number;
  readonly at: Instant;
  /** How many operations were completed then: those with an `order` below it. */
  readonly completions: number;
}

export interface Rollback {
  /** From 1: a run can be rolled back again. */
  readonly number: number;
  readonly at: Instant;
  /** The failure that asked for it, or the person. */
  readonly because?: OperationId;
  readonly by?: string;
  /** Operations with an `order` below it stay. */
  readonly keep: number;
}

interface RunFacts {
  readonly definition: RunDefinition;
  readonly operations: OperationTable;
  /** How many operations have each status. */
  readonly counts: Readonly<Record<OperationStatus, number>>;
  /** How many operations were ever completed. */
  readonly completions: number;
  readonly checkpoints: Vector<Checkpoint>;
  /** How many rollbacks were begun. */
  readonly rollbacks: number;
}

export type RunState =
  | (RunFacts & { readonly status: "pending"; readonly cancellation?: Cancellation })
  | (RunFacts & {
      readonly status: "running";
      readonly claim: Claim;
      readonly cancellation?: Cancellation;
      readonly pause?: PauseRequest;
    })
  | (RunFacts & { readonly status: "paused"; readonly pause: PauseRequest; readonly pausedAt: Instant })
  /** `claim` is absent until a worker takes a rollback that somebody asked for. */
  | (RunFacts & {
      readonly status: "rollingBack";
      readonly claim?: Claim;
      readonly rollback: Rollback;
      readonly cancellation?: Cancellation;
    })
  | (RunFacts & { readonly status: "completed" | "failed"; readonly endedAt: Instant })
  | (RunFacts & {
      readonly status: "cancelled";
      readonly endedAt: Instant;
      readonly cancellation?: Cancellation;
      /** It was cancelled while it was being rolled back. */
      readonly rollback?: Rollback;
    })
  | (RunFacts & { readonly status: "rolledBack"; readonly endedAt: Instant; readonly rollback: Rollback });

export function isEnded(state: RunState): boolean {
  return ENDED.has(state.status);
}

const ENDED: ReadonlySet<RunState["status"]> = new Set<RunState["status"]>(["completed", "failed", "cancelled", "rolledBack"]);

export interface NotUndone {
  readonly operation: OperationId;
  /** Absent: its compensation was not tried. */
  readonly error?: ErrorRecord;
}

/** What a rollback should have undone and did not. Empty for a run that was never rolled back. */
export function notUndone(state: RunState): readonly NotUndone[] {
  const rollback = "rollback" in state ? state.rollback : undefined;
  if (rollback === undefined || state.status === "rollingBack") return [];
  const found: NotUndone[] = [];
  for (const [operation, operationState] of state.operations) {
    if (operationState.status === "compensationFailed") found.push({ operation, error: operationState.error });
    if (operationState.status === "completed" && operationState.order >= rollback.keep) found.push({ operation });
  }
  return found;
}
