/** Who is told of stored events. What was stored stays stored: a listener that throws is dropped and makes no write look failed. */

import type { RunId } from "@provisioning/model";
import type { AppendedEvents, RunStore } from "../ports/run-store.js";

type Listener = Parameters<RunStore["watch"]>[0];

export interface Watchers {
  readonly watch: RunStore["watch"];
  tell(appended: AppendedEvents): void;
  /** Whether anybody wants to know of this run; without a run, whether anybody wants to know of all. */
  has(runId?: RunId): boolean;
  /** Runs that are watched on their own. */
  runs(): readonly RunId[];
}

export function createWatchers(): Watchers {
  const ofRun = new Map<RunId | undefined, Set<Listener>>();

  const remove = (listener: Listener, runId: RunId | undefined) => {
    const listeners = ofRun.get(runId);
    listeners?.delete(listener);
    if (listeners?.size === 0) ofRun.delete(runId);
  };
  const tellThose = (runId: RunId | undefined, appended: AppendedEvents) => {
    for (const listener of ofRun.get(runId) ?? []) {
      try {
        listener(appended);
      } catch {
        remove(listener, runId);
      }
    }
  };
  return {
    watch(listener, runId) {
      const own: Listener = (appended) => listener(appended);
      ofRun.set(runId, (ofRun.get(runId) ?? new Set()).add(own));
      return () => remove(own, runId);
    },
    tell(appended) {
      tellThose(undefined, appended);
      tellThose(appended.runId, appended);
    },
    has: (runId) => ofRun.has(runId),
    runs: () => [...ofRun.keys()].filter((runId) => runId !== undefined),
  };
}
