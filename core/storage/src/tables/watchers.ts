/** Who is told of stored events. What was stored stays stored: a listener that throws is dropped and makes no write look failed. */

import type { RunEvent, RunId } from "@provisioning/model";
import type { AppendedEvents, EventTypes, RunStore } from "../ports/run-store.js";

type Listener = Parameters<RunStore["watch"]>[0];

export interface Watchers {
  readonly watch: RunStore["watch"];
  tell(appended: AppendedEvents): void;
  /** Whether anybody wants to know of this run; without a run, whether anybody wants to know of all. */
  has(runId?: RunId): boolean;
  /** Whether anybody wants to know of events of these types of this run. */
  wants(runId: RunId, types: readonly RunEvent["type"][]): boolean;
  /** Runs that are watched on their own. */
  runs(): readonly RunId[];
}

export function createWatchers(): Watchers {
  /** Of one run, or of all. */
  const ofRun = new Map<RunId | undefined, Map<Listener, EventTypes | undefined>>();

  const remove = (listener: Listener, runId: RunId | undefined) => {
    const listeners = ofRun.get(runId);
    listeners?.delete(listener);
    if (listeners?.size === 0) ofRun.delete(runId);
  };
  const tellThose = (runId: RunId | undefined, appended: AppendedEvents) => {
    for (const [listener, types] of ofRun.get(runId) ?? []) {
      if (types !== undefined && !appended.events.some(({ type }) => types.has(type))) continue;
      try {
        listener(appended);
      } catch {
        remove(listener, runId);
      }
    }
  };
  return {
    watch(listener, runId, types) {
      const own: Listener = (appended) => listener(appended);
      ofRun.set(runId, (ofRun.get(runId) ?? new Map<Listener, EventTypes | undefined>()).set(own, types));
      return () => remove(own, runId);
    },
    tell(appended) {
      tellThose(undefined, appended);
      tellThose(appended.runId, appended);
    },
    has: (runId) => ofRun.has(runId),
    wants: (runId, types) =>
      [undefined, runId].some((key) =>
        [...(ofRun.get(key)?.values() ?? [])].some((wanted) => wanted === undefined || types.some((type) => wanted.has(type))),
      ),
    runs: () => [...ofRun.keys()].filter((runId) => runId !== undefined),
  };
}
