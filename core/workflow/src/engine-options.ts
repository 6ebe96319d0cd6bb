/** What an engine is made with, and what can be said for each run that it carries out. */

import type { Clock, RunDefinition, RunEvent } from "@provisioning/model";
import type { Storage } from "@provisioning/storage";
import { type Conditions, DEFAULT_CONDITION_POLL_MS } from "./condition.js";
import type { FaultPoint } from "./fault-point.js";
import type { Handlers, LiveEvent } from "./handler.js";
import { SlotPool } from "./slots.js";

export interface EngineOptions {
  readonly storage: Storage;
  readonly clock: Clock;
  /** From 0 to below 1; spreads retries. */
  readonly random: () => number;
  /** For people: who works, from where. */
  readonly holder: string;
  /** How long a worker that gives no sign of life keeps its runs. Default 30 s. */
  readonly leaseTtlMs?: number;
  /** A checkpoint after this many completed operations. Default 5. */
  readonly checkpointInterval?: number;
  /** How long a handler that was told to stop is waited for. Default 10 s. */
  readonly graceMs?: number;
  readonly faultPoint?: FaultPoint;
  /** What `waitCondition` means. Without it definitions that have one are refused. */
  readonly conditions?: Conditions;
  /** How often a condition that does not hold is looked at again. Default 1 s. */
  readonly conditionPollMs?: number;
  /** Shared by engines that work in one process. Default: a pool of its own. */
  readonly slots?: SlotPool;
}

export interface ExecuteOptions {
  readonly handlers: Handlers;
  /** Cancels: handlers are told to stop, the run ends as cancelled. */
  readonly signal?: AbortSignal;
  /** Cancels gently: what runs may finish, nothing more is started, the run ends as cancelled. */
  readonly drain?: AbortSignal;
  /** Lets go of it: nothing new is started, what runs may finish within the grace time, and the rest is left to whoever takes the run next. */
  readonly release?: AbortSignal;
  /** Told of stored events after they are durable, and of progress and logs. One that throws is not called again. */
  readonly observe?: (event: RunEvent | LiveEvent) => void;
}

export interface ExecuteNextOptions extends ExecuteOptions {
  /** What a run needs, found when it is known. Default: `handlers`. */
  readonly handlersFor?: (definition: RunDefinition) => Promise<Handlers>;
}

export interface RollbackOptions extends ExecuteOptions {
  readonly by: string;
  /** Undo only what was completed after this checkpoint. Default: everything. */
  readonly toCheckpoint?: number;
}

export const DEFAULT_LEASE_TTL_MS = 30_000;
export const DEFAULT_CHECKPOINT_INTERVAL = 5;
export const DEFAULT_GRACE_MS = 10_000;

const NO_CONDITIONS: Conditions = {
  check: () => "this engine evaluates no expressions",
  holds: () => Promise.reject(new Error("this engine evaluates no expressions")),
};

/** With everything that was not said. Most engines have no fault points, and a run passes a dozen: these are not even waited for. */
export type EngineSettings = Required<Omit<EngineOptions, "faultPoint">> & { readonly faultPoint: FaultPoint | undefined };

export function withDefaults(options: EngineOptions): EngineSettings {
  const { leaseTtlMs, checkpointInterval, graceMs, faultPoint, conditions, conditionPollMs, slots } = options;
  return {
    ...options,
    leaseTtlMs: leaseTtlMs ?? DEFAULT_LEASE_TTL_MS,
    checkpointInterval: checkpointInterval ?? DEFAULT_CHECKPOINT_INTERVAL,
    graceMs: graceMs ?? DEFAULT_GRACE_MS,
    faultPoint,
    conditions: conditions ?? NO_CONDITIONS,
    conditionPollMs: conditionPollMs ?? DEFAULT_CONDITION_POLL_MS,
    slots: slots ?? new SlotPool(),
  };
}
