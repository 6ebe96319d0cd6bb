/**
 * Which run is worked on next. A run is in the queue from its submission until it has ended or is paused; one whose worker is gone comes
 * back by itself when its lease is over. There is no list of its own to fall out of step: the queue is the runs that nobody holds.
 *
 * Order: the smallest rank first, and a rank never changes. It is the moment of submission, moved one minute into the past for each point
 * of priority, so that a run of priority 10 overtakes what was submitted up to ten minutes before it, and nothing waits for ever.
 */

import type { RunDefinition, RunEvent, RunId } from "@provisioning/model";
import type { Lease } from "./lease-store.js";
import type { StoredRun } from "./run-store.js";

export interface ClaimedRun {
  readonly runId: RunId;
  /** Of `runScope(runId)`. */
  readonly lease: Lease;
  /**
   * The run in the moment of the claim, where the store reads it along. Somebody may have appended to it since, and a crash may still take
   * back what it shows; what is written under the lease stands behind that and is taken back with it.
   */
  readonly stored?: StoredRun;
}

export interface RunQueue {
  /**
   * Takes the first run that is due and that nobody holds, and grants its lease, both in one step: of several takers each gets another
   * one. Absent when there is none. A crash may take a claim back under which nothing was written yet.
   */
  claim(holder: string, ttlMs: number): Promise<ClaimedRun | undefined>;
  /**
   * `onWaiting` is called when a claim may find something that it did not find before. A hint: it may come before what it is about is
   * durable, for nothing, or not at all. Returns the function that ends it.
   */
  watch(onWaiting: () => void): () => void;
  /**
   * In how many milliseconds a claim that found nothing may find something although nobody writes: a lease runs out, a run becomes due.
   * A duration and not a moment, because the clock of the store need not agree with ours. Absent when only a write can change that.
   */
  dueInMs(): Promise<number | undefined>;
}

/** After these a run waits that did not before. */
export const WAITING_EVENTS: ReadonlySet<RunEvent["type"]> = new Set<RunEvent["type"]>([
  "runSubmitted",
  "runResumed",
  "runReleased",
  "runRetried",
  "rollbackStarted",
]);

/** Milliseconds of waiting that one point of priority is worth. */
export const PRIORITY_STEP_MS = 60_000;
export const MAX_PRIORITY = 100;

/** Smaller goes first; runs of one rank go by their ids, which sort by the time they were made. */
export function rankOf({ createdAt, priority = 0 }: Pick<RunDefinition, "createdAt" | "priority">): number {
  return createdAt - priority * PRIORITY_STEP_MS;
}
