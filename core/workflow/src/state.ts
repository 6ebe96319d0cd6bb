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
 *                                         failed, cancelled, skipped ─▶ compensating: begun before, and its handler undoes halves
 *     A person may pass over what does not run (pending, retrying, failed, skipped, cancelled ─▶ passed), and have what has ended tried
 *     again (─▶ pending).
 */

import type { CancelMode, ErrorRecord, FencingToken, Instant, Json, OperationId, RunDefinition } from "@provisioning/model";
import type { OperationTable } from "./operation-table.js";
import type { Vector } from "./vector.js";

/** What an operation may have left in the world, over all its attempts, retries and rollbacks. */
export interface Trace {
  /** How often it was undone: what is made again after that is something new. */
  readonly generation: number;
  /** It was begun and not undone since: something of it may be there. */
  readonly isBegun: boolean;
  /** What was there before its first attempt since it was last undone; absent when the handler cannot tell. */
  readonly before?: Json;
}

/** `trace` is absent while it was never begun. */
export type OperationState = OperationPhase & { readonly trace?: Trace };

type OperationPhase =
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
  /** `attempt` 0: it was not started. */
  | { readonly status: "cancelled"; readonly attempt: number }
  | {
      readonly status: "compensating";
      /** `null` for what had not completed. */
      readonly output: Json;
      readonly order: number;
      readonly startedAt: Instant;
      readonly token: FencingToken;
    }
  /** What was there before it and what is there after undoing; absent when the handler cannot tell. */
  | { readonly status: "compensated"; readonly compensatedAt: Instant; readonly before?: Json; readonly after?: Json }
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

/** A worker has something to do for it now. */
export function isWorkedOn({ status }: RunState): boolean {
  return status === "running" || status === "rollingBack";
}

/** It was begun and has no result that counts: something of it may be there in part. */
export function isHalf({ status, trace }: OperationState): boolean {
  return trace?.isBegun === true && HALVES.has(status);
}

const HALVES: ReadonlySet<OperationStatus> = new Set<OperationStatus>(["failed", "cancelled", "skipped"]);
