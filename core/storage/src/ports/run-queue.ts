/**
 * Which run is worked on next. A run is in the queue from its submission until it has ended or is paused; one whose worker is gone comes
 * back by itself when its lease is over. There is no list of its own to fall out of step: the queue is the runs that nobody holds.
 *
 * Order: the smallest rank first, and a rank never changes. It is the moment of submission, moved one minute into the past for each point
 * of priority, so that a run of priority 10 overtakes what was submitted up to ten minutes before it, and nothing waits for ever.
 */

import type { RunDefinition, RunId } from "@provisioning/model";
import type { Lease } from "./lease-store.js";
import type { StoredRun } from "./run-store.js";

export interface ClaimedRun {
  readonly runId: RunId;
  /** Of `runScope(runId)`. */
  readonly lease: Lease;
  /** The run in the moment of the claim, where the store reads it along. Somebody may have appended to it since. */
  readonly stored?: StoredRun;
}

export interface RunQueue {
  /**
   * Takes the first run that is due and that nobody holds, and grants its lease, both in one step: of several takers each gets another
   * one. Absent when there is none. A crash may take a claim back under which nothing was written yet.
   */
  claim(holder: string, ttlMs: number): Promise<ClaimedRun | undefined>;
  /**
   * In how many milliseconds a claim that found nothing may find something although nobody writes: a lease runs out, a run becomes due.
   * A duration and not a moment, because the clock of the store need not agree with ours. Absent when only a write can change that.
   */
  dueInMs(): Promise<number | undefined>;
}

/** Milliseconds of waiting that one point of priority is worth. */
export const PRIORITY_STEP_MS = 60_000;
export const MAX_PRIORITY = 100;

/** Smaller goes first; runs of one rank go by their ids, which sort by the time they were made. */
export function rankOf({ createdAt, priority = 0 }: Pick<RunDefinition, "createdAt" | "priority">): number {
  return createdAt - priority * PRIORITY_STEP_MS;
}
