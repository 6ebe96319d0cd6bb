/**
 * What is known of a run that others worked on before, perhaps until they died: its state, from its events alone, and what of it was begun and has no
 * result. There is no other recovery: whoever takes a run goes on from here.
 */

import type { FencingToken, RunEvent, RunId } from "@provisioning/model";
import type { RunStore, StoredRun, Version } from "@provisioning/storage";
import { LeaseLostError } from "./errors.js";
import type { RunState } from "./state.js";
import { replay } from "./transition.js";

/** A run as it is stored, and what its events lead to. */
export interface RecoveredRun {
  readonly version: Version;
  readonly events: readonly RunEvent[];
  readonly state: RunState;
}

/** @throws RunNotFoundError, IllegalTransitionError for events that no engine wrote */
export async function recover(runs: RunStore, runId: RunId): Promise<RecoveredRun> {
  return recoverFrom(await runs.load(runId));
}

/** @throws IllegalTransitionError for events that no engine wrote */
export function recoverFrom({ version, events }: StoredRun): RecoveredRun {
  return { version, events, state: replay(events) };
}

/** Answers may come late: by then another worker may have the run, or may have had it. @throws LeaseLostError */
export function assertNotTakenOver(runId: RunId, token: FencingToken, events: readonly RunEvent[]): void {
  const isLost = events.some((event) => event.type === "runClaimed" && event.token > token);
  if (isLost) throw new LeaseLostError(runId);
}

/** Places of operations that count as running and that nobody in this process runs: their worker died. They are begun again. */
export function interrupted(state: RunState, live: ReadonlySet<number>): ReadonlySet<number> {
  const found = new Set<number>();
  for (let index = 0; index < state.operations.size; index += 1) {
    if (state.operations.at(index).status === "running" && !live.has(index)) found.add(index);
  }
  return found;
}
