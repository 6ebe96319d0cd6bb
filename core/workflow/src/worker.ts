/**
 * A worker: takes runs from the queue and carries them out, several at a time, until it is told to stop.
 *
 * Each place of the worker takes one run after the other. A place that finds nothing sleeps until a run is stored or until the worker's one alarm rings:
 * when something is due, or after `pollMs`, since what the store tells is only a hint. Whoever finds something wakes the next sleeper, so a burst of
 * runs spreads over all places while an idle worker asks for little.
 */

import { setMaxListeners } from "node:events";
import type { Clock } from "@provisioning/model";
import type { Storage } from "@provisioning/storage";
import type { Engine } from "./engine.js";
import type { ExecuteNextOptions } from "./engine-options.js";
import { type Retention, startKeeper } from "./retention.js";
import type { RunState } from "./state.js";
import { Alarm } from "./wake.js";

export interface WorkerOptions {
  readonly engine: Engine;
  readonly storage: Storage;
  readonly clock: Clock;
  /** Runs at the same time. */
  readonly capacity: number;
  readonly handlersFor: NonNullable<ExecuteNextOptions["handlersFor"]>;
  /** How long nobody asks the queue at most while all sleep. Default 5 s. */
  readonly pollMs?: number;
  /** Which runs that ended are kept. Default: all. */
  readonly retention?: Retention;
  readonly onRunEnded?: (state: RunState) => void;
  /** A run that could not be carried on here: lease lost, store failed, handler missing. The worker goes on. */
  readonly onError?: (error: unknown) => void;
}

export interface Worker {
  /** Runs that are being carried out, without those that lent their place. */
  readonly active: number;
  /** For a run that only waits: another one may be taken in its place until what this gives is called. */
  lendPlace(): () => void;
  /** Takes no more runs, lets running operations finish within the engine's grace time, leaves the rest to others. */
  drain(): Promise<void>;
}

export const DEFAULT_POLL_MS = 5_000;

export function startWorker(options: WorkerOptions): Worker {
  const { engine, storage, clock, capacity, pollMs = DEFAULT_POLL_MS, onRunEnded = () => {}, onError = () => {} } = options;
  const stopping = new AbortController();
  // One listener for each place and for each run is meant.
  setMaxListeners(0, stopping.signal);
  const sleepers: (() => void)[] = [];
  const alarm = new Alarm(clock, () => wakeOne());
  const keeper =
    options.retention === undefined
      ? undefined
      : startKeeper({ runs: storage.runs, clock, retention: options.retention, onError });
  let active = 0;
  let lent = 0;
  let open = 0;

  const wakeOne = () => sleepers.shift()?.();
  const sleep = async () => {
    // Before anything else is asked, so that nothing that is told meanwhile is missed.
    const woken = new Promise<void>((resolve) => sleepers.push(resolve));
    const dueInMs = await storage.queue.dueInMs().catch(() => undefined);
    if (stopping.signal.aborted) return;
    alarm.set(clock.now() + Math.max(1, Math.min(pollMs, dueInMs ?? pollMs)));
    await woken;
  };
  const place = async () => {
    open += 1;
    while (!stopping.signal.aborted && open <= capacity + lent) {
      let isCounted = false;
      try {
        const state = await engine.executeNext({
          handlers: new Map(),
          release: stopping.signal,
          handlersFor: (definition) => {
            isCounted = true;
            active += 1;
            wakeOne();
            return options.handlersFor(definition);
          },
        });
        if (state === undefined) await sleep();
        else {
          keeper?.noteEnded();
          onRunEnded(state);
        }
      } catch (error) {
        onError(error);
        await sleep();
      } finally {
        if (isCounted) active -= 1;
      }
    }
    open -= 1;
    // It may have been woken for a run that another one has to take now.
    wakeOne();
  };
  const stopWatching = storage.queue.watch(wakeOne);
  const places = new Set<Promise<void>>();
  const openPlace = () => {
    const opened = place().finally(() => places.delete(opened));
    places.add(opened);
  };
  for (let number = 0; number < capacity; number += 1) openPlace();
  return {
    get active() {
      return active - lent;
    },
    lendPlace() {
      lent += 1;
      let isLent = true;
      if (open < capacity + lent) openPlace();
      return () => {
        if (isLent) lent -= 1;
        isLent = false;
      };
    },
    async drain() {
      stopping.abort();
      stopWatching();
      for (const wake of sleepers.splice(0)) wake();
      while (places.size > 0) await Promise.all(places);
      alarm.callOff();
      await keeper?.stop();
    },
  };
}
