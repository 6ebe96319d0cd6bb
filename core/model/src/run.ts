/**
 * Runs: one execution of a graph of operations.
 *
 * A definition never changes after it was submitted. Everything that happens to a run is an event; its state is what
 * replaying the events gives. Events are facts in the past tense and are stored before anybody is told of them.
 */

import type { Address } from "./address.js";
import type { Instant } from "./clock.js";
import type { ErrorRecord } from "./errors.js";
import type { OperationId, RunId } from "./ids.js";
import type { Json, JsonObject } from "./json.js";
import type { InfraName } from "./names.js";

/** `hard`: must have succeeded. `soft`: waited for, then gone on with a warning. `optional`: waited for if it is there at all. */
export type DependencyType = "hard" | "soft" | "optional";

export interface OperationDependency {
  readonly on: OperationId;
  readonly type: DependencyType;
}

export interface RetryPolicy {
  /** All tries, the first included. */
  readonly maxAttempts: number;
  readonly backoff: "linear" | "exponential";
  readonly initialDelayMs: number;
  readonly maxDelayMs: number;
}

/** The specification's defaults (batch workflow plan, `RetryPolicy`). */
export const DEFAULT_RETRY: RetryPolicy = { maxAttempts: 3, backoff: "exponential", initialDelayMs: 5_000, maxDelayMs: 300_000 };

/**
 * What a failed operation means for its run. `fail`: start nothing more. `continue`: skip what needs it, finish the rest; the run
 * still ends as failed. `rollback`: start nothing more and compensate what was done.
 */
export type OnFailure = "fail" | "continue" | "rollback";

/** What an operation needs of one slot. All that use a name should say the same limits. */
export interface SlotNeed {
  /** For example `provider/upcloud`. */
  readonly name: string;
  /** Operations at the same time; absent: any number. */
  readonly capacity?: number;
  /** Operations that start within any one second; absent: any number. */
  readonly perSecond?: number;
}

/** Looked at when everything that the operation depends on has come to its end, and then until it holds. */
export interface WaitCondition {
  /** A KCL expression over `run` and `outputs`. */
  readonly expression: string;
  /** After that the operation fails. */
  readonly timeoutMs: number;
}

export interface OperationDefinition {
  readonly id: OperationId;
  /** For people: "install etcd on db-01". */
  readonly title: string;
  /** Chooses the handler, for example `taskserv.install`. */
  readonly action: string;
  readonly address: Address;
  /** What the handler needs. Holds no secret values: it is stored. */
  readonly input: JsonObject;
  readonly dependsOn: readonly OperationDependency[];
  /** Starts when this holds, too; see `WaitCondition`. */
  readonly waitCondition?: WaitCondition;
  /** At most one operation of a lane runs at a time; a server is a lane. */
  readonly lane?: string;
  /** What else only so many operations may use at a time, in all runs together: a provider's API. */
  readonly slots?: readonly SlotNeed[];
  /** For one attempt. */
  readonly timeoutMs: number;
  readonly retry: RetryPolicy;
  readonly onFailure: OnFailure;
}

export interface RunDefinition {
  readonly id: RunId;
  /** For people: "apply shop". */
  readonly name: string;
  readonly infra: InfraName;
  readonly operations: readonly OperationDefinition[];
  /** Operations that may run at the same time. */
  readonly parallelLimit: number;
  /** Facts of the submitter: command, digest of the desired state. */
  readonly labels: Readonly<Record<string, string>>;
  readonly createdAt: Instant;
  /** From -100 to 100; default 0. Each point is worth a minute of waiting. */
  readonly priority?: number;
  /** It waits until then. */
  readonly notBefore?: Instant;
  /** A checkpoint after this many completed operations. Default: the engine's. */
  readonly checkpointInterval?: number;
  /** Only operations of this action are counted towards a checkpoint. Default: all. */
  readonly checkpointAction?: string;
  /** A failure that asks for a rollback undoes only what did not complete; what completed stays. Default: everything is undone. */
  readonly preserveSuccessful?: boolean;
}

/** Grows with every take-over; an effect or a record under an older one is refused. */
export type FencingToken = number;

export type RunEvent =
  | { readonly type: "runSubmitted"; readonly at: Instant; readonly definition: RunDefinition }
  | { readonly type: "runClaimed"; readonly at: Instant; readonly holder: string; readonly token: FencingToken }
  | {
      readonly type: "operationStarted";
      readonly at: Instant;
      readonly operation: OperationId;
      readonly attempt: number;
      readonly token: FencingToken;
    }
  /** What was there before its first attempt did anything, for a rollback to be compared with. Only of handlers that can tell. */
  | { readonly type: "operationInspected"; readonly at: Instant; readonly operation: OperationId; readonly found: Json }
  | {
      readonly type: "operationCompleted";
      readonly at: Instant;
      readonly operation: OperationId;
      readonly attempt: number;
      readonly output: Json;
    }
  /** `retryAt` is set when another attempt will follow. */
  | {
      readonly type: "operationFailed";
      readonly at: Instant;
      readonly operation: OperationId;
      readonly attempt: number;
      readonly error: ErrorRecord;
      readonly retryAt?: Instant;
    }
  | { readonly type: "operationSkipped"; readonly at: Instant; readonly operation: OperationId; readonly because: OperationId }
  | { readonly type: "operationCancelled"; readonly at: Instant; readonly operation: OperationId }
  /** `because`: the failure that asked for it, or `by`: the person. Without `toCheckpoint` everything that was done is undone. */
  | {
      readonly type: "rollbackStarted";
      readonly at: Instant;
      readonly because?: OperationId;
      readonly by?: string;
      readonly toCheckpoint?: number;
    }
  | { readonly type: "compensationStarted"; readonly at: Instant; readonly operation: OperationId; readonly token: FencingToken }
  /** `found`: what is there after it. Only of handlers that can tell. */
  | { readonly type: "compensationCompleted"; readonly at: Instant; readonly operation: OperationId; readonly found?: Json }
  | { readonly type: "compensationFailed"; readonly at: Instant; readonly operation: OperationId; readonly error: ErrorRecord }
  /** May come from anyone, at any time: it is appended without a fencing token. */
  | {
      readonly type: "cancelRequested";
      readonly at: Instant;
      readonly by: string;
      readonly reason: string;
      readonly mode: CancelMode;
    }
  /** May come from anyone. Nothing more is started; the run is paused when nothing runs any more. */
  | { readonly type: "pauseRequested"; readonly at: Instant; readonly by: string; readonly reason: string }
  | { readonly type: "runPaused"; readonly at: Instant }
  /** May come from anyone; it takes back a request to pause as well. */
  | { readonly type: "runResumed"; readonly at: Instant; readonly by: string }
  /** Its worker stops working and leaves it to others, in order. */
  | { readonly type: "runReleased"; readonly at: Instant; readonly holder: string }
  /** May come from anyone. It counts as done for those who need it. */
  | { readonly type: "operationPassed"; readonly at: Instant; readonly operation: OperationId; readonly by: string }
  /** May come from anyone, of a run that has ended: these are as if they had never been started, and the run goes on. */
  | {
      readonly type: "runRetried";
      readonly at: Instant;
      readonly by: string;
      readonly operations: readonly OperationId[];
    }
  /** Numbered from 1. `completed`: what was completed since the checkpoint before, so that many checkpoints stay linear. */
  | {
      readonly type: "checkpointReached";
      readonly at: Instant;
      readonly number: number;
      readonly completed: readonly OperationId[];
    }
  | { readonly type: "runEnded"; readonly at: Instant; readonly status: RunOutcome };

/** `drain`: start nothing more and let what runs finish. `abort`: stop what runs as well. */
export type CancelMode = "drain" | "abort";

export type RunOutcome = "completed" | "failed" | "cancelled" | "rolledBack";
/** `pending`: waits for a worker, for the first time or again. `paused`: waits until somebody resumes it. */
export type RunStatus = "pending" | "running" | "rollingBack" | "paused" | RunOutcome;
