/**
 * Runs and their events. A run is the list of its events; its version is their number.
 *
 * Whoever works on a run holds the lease of `runScope(runId)` and appends under its token, so that a worker that was given up
 * for dead cannot write any more. Anyone may append without a token what is not a worker's to say (a request to cancel).
 */

import type { FencingToken, InfraName, Instant, RunDefinition, RunEvent, RunId, RunStatus } from "@provisioning/model";
import type { LeaseScope } from "./lease-store.js";

/** How many events there are. Grows by one with each. */
export type Version = number;

export interface StoredRun {
  readonly version: Version;
  readonly events: readonly RunEvent[];
}

export interface RunSummary {
  readonly id: RunId;
  readonly name: string;
  readonly infra: InfraName;
  readonly status: RunStatus;
  readonly labels: Readonly<Record<string, string>>;
  readonly createdAt: Instant;
  readonly priority?: number;
  readonly notBefore?: Instant;
  /** When its last event happened. */
  readonly updatedAt: Instant;
  readonly version: Version;
  /** All operations of the definition. */
  readonly operations: number;
  readonly completed: number;
  /** Operations that failed for good. */
  readonly failed: number;
}

export interface RunQuery {
  readonly infra?: InfraName;
  readonly status?: readonly RunStatus[];
  /** 1 to `MAX_PAGE`; default 50. */
  readonly limit?: number;
  /** `next` of the page before. */
  readonly cursor?: string;
}

/** A page is bounded so that one request cannot ask for everything at once. */
export const MAX_PAGE = 1000;
export const DEFAULT_PAGE = 50;

export interface RunPage {
  readonly runs: readonly RunSummary[];
  /** Where to go on; absent on the last page. */
  readonly next?: string;
}

export interface AppendedEvents {
  readonly runId: RunId;
  /** After these events. */
  readonly version: Version;
  readonly events: readonly RunEvent[];
}

/** What goes with the last events that a worker has to say. */
export type AfterAppend = "release";

export type EventTypes = ReadonlySet<RunEvent["type"]>;

export interface RunStore {
  /**
   * Stores a new run; its first event is `runSubmitted`. Durable before it resolves. Submitting the same definition again is
   * the same submission and changes nothing. @throws RunExistsError when the id names another definition
   */
  submit(definition: RunDefinition): Promise<Version>;

  /**
   * Appends all events or none, if the run is still at `expected`. Durable before it resolves. No events: only says whether they would fit.
   * With a token: only if that is the newest token granted for `runScope(runId)`; `then`: the lease is given back in the same step, as by
   * `LeaseStore.release`.
   * @throws VersionConflictError, StaleTokenError, RunNotFoundError; nothing is written or given back then
   */
  append(
    runId: RunId,
    expected: Version,
    events: readonly RunEvent[],
    token?: FencingToken,
    then?: AfterAppend,
  ): Promise<Version>;

  /** All events in order. Shows only what is durable. @throws RunNotFoundError */
  load(runId: RunId): Promise<StoredRun>;

  /**
   * Forgets runs with all their events: of these the ones that have ended and that nobody holds. Durable before it resolves, and done again
   * it changes nothing. What was forgotten can be submitted again. @returns the runs that are gone now
   */
  forget(runIds: readonly RunId[]): Promise<readonly RunId[]>;

  /** Newest first. Runs submitted while paging do not shift the pages. */
  list(query?: RunQuery): Promise<RunPage>;

  /**
   * Tells of events after they became durable, in order for each run, until the returned function is called. A hint, not a
   * log: a listener that may have missed something reads the run again. `types`: only of appends with an event of one of these, which
   * spares a store that several processes share from telling each of them everything.
   */
  watch(listener: (appended: AppendedEvents) => void, runId?: RunId, types?: EventTypes): () => void;
}

/** A run in one of these does nothing any more, unless somebody asks for more. */
export const ENDED_STATUSES = ["completed", "failed", "cancelled", "rolledBack"] as const satisfies readonly RunStatus[];

export function runScope(runId: RunId): LeaseScope {
  return `run/${runId}` as LeaseScope;
}

export function runOfScope(scope: LeaseScope): RunId | undefined {
  return scope.startsWith("run/") ? (scope.slice("run/".length) as RunId) : undefined;
}
