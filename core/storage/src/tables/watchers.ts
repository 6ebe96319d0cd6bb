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

interface Watcher {
  /** Absent when it is not to be told any more. Who is forgotten is let go of at once, whatever still refers to this. */
  listener: Listener | undefined;
  readonly types: EventTypes | undefined;
}

const NOBODY: readonly Watcher[] = [];

export function createWatchers(): Watchers {
  /** Of one run, or of all. */
  const ofRun = new Map<RunId | undefined, readonly Watcher[]>();

  const remove = (watcher: Watcher, runId: RunId | undefined) => {
    watcher.listener = undefined;
    const left = ofRun.get(runId)?.filter((other) => other !== watcher) ?? NOBODY;
    if (left.length === 0) ofRun.delete(runId);
    else ofRun.set(runId, left);
  };
  const tellThose = (runId: RunId | undefined, appended: AppendedEvents) => {
    for (const watcher of ofRun.get(runId) ?? NOBODY) {
      const { types } = watcher;
      if (types !== undefined && !appended.events.some(({ type }) => types.has(type))) continue;
      try {
        watcher.listener?.(appended);
      } catch {
        remove(watcher, runId);
      }
    }
  };
  return {
    watch(listener, runId, types) {
      const watcher: Watcher = { listener, types };
      ofRun.set(runId, ofRun.get(runId)?.concat(watcher) ?? [watcher]);
      return () => remove(watcher, runId);
    },
    tell(appended) {
      tellThose(undefined, appended);
      tellThose(appended.runId, appended);
    },
    has: (runId) => ofRun.has(runId),
    wants: (runId, types) =>
      [undefined, runId].some((key) =>
        (ofRun.get(key) ?? NOBODY).some(({ types: wanted }) => wanted === undefined || types.some((type) => wanted.has(type))),
      ),
    runs: () => [...ofRun.keys()].filter((runId) => runId !== undefined),
  };
}
