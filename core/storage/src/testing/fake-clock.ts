/** Time that stands still until a test moves it. */

import { type Clock, type Instant, sleepBy } from "@provisioning/model";

export interface FakeClock extends Clock {
  /** Moves time and wakes sleepers in order, letting everything they cause happen before the next one. */
  advance(ms: number): Promise<void>;
  /** Moves time from sleeper to sleeper until the promise has settled. For what waits on nothing but this clock. */
  runUntil<T>(promise: Promise<T>): Promise<T>;
  /** How many are asleep; a test that ends with some has leaked them. */
  readonly sleepers: number;
}

interface Sleeper {
  readonly at: Instant;
  readonly wake: () => void;
}

export function createFakeClock(start: Instant = 1_700_000_000_000): FakeClock {
  let now = start;
  const sleepers = new Set<Sleeper>();

  const after = (ms: number, ring: () => void) => {
    const sleeper: Sleeper = {
      at: now + ms,
      wake() {
        sleepers.delete(sleeper);
        ring();
      },
    };
    sleepers.add(sleeper);
    return () => {
      sleepers.delete(sleeper);
    };
  };
  const earliest = (until: Instant) =>
    [...sleepers]
      .filter(({ at }) => at <= until)
      .reduce<Sleeper | undefined>((a, b) => (a === undefined || b.at < a.at ? b : a), undefined);
  const wakeUntil = async (until: Instant) => {
    for (let next = earliest(until); next !== undefined; next = earliest(until)) {
      now = Math.max(now, next.at);
      next.wake();
      await settle();
    }
  };
  return {
    now: () => now,
    after,
    sleep: (ms, signal) => sleepBy({ after }, ms, signal),
    get sleepers() {
      return sleepers.size;
    },
    async advance(ms) {
      const until = now + ms;
      await settle();
      await wakeUntil(until);
      now = until;
    },
    async runUntil(promise) {
      let isSettled = false;
      const settled = () => {
        isSettled = true;
      };
      promise.then(settled, settled);
      let idle = 0;
      const began = now;
      for (await settle(); !isSettled; await settle()) {
        if (now - began > LONGEST_RUN_MS) throw new Error("time went on for a day and the promise has not settled");
        const next = earliest(Number.POSITIVE_INFINITY);
        idle = next === undefined ? idle + 1 : 0;
        if (idle > LONGEST_IDLE) throw new Error("nobody sleeps and nothing happens: the promise will never settle");
        if (next !== undefined) await wakeUntil(next.at);
      }
      return promise;
    },
  };
}

/** Rounds without a sleeper after which nothing is going to happen any more. */
const LONGEST_IDLE = 1000;

const LONGEST_RUN_MS = 24 * 3600 * 1000;

/** Lets all that is ready to happen, happen. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
