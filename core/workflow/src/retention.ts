/**
 * Forgets runs that ended long ago, so that what is stored does not grow for ever. A run that has not ended stays, however old it is.
 */

import type { Clock, RunId } from "@provisioning/model";
import { ENDED_STATUSES, MAX_PAGE, type RunStore } from "@provisioning/storage";

export interface Retention {
  /** Of the runs that ended the newest so many stay, by the time of their submission. */
  readonly keepRuns: number;
  /** What ended longer ago than this goes, however few there are. */
  readonly keepMs: number;
}

export const DEFAULT_RETENTION: Retention = { keepRuns: 10_000, keepMs: 90 * 24 * 3_600_000 };

/** How many runs went. Reads the summaries of all that ended: for once in a while. @throws what the store throws */
export async function forgetOldRuns(runs: RunStore, clock: Clock, { keepRuns, keepMs }: Retention): Promise<number> {
  const endedBefore = clock.now() - keepMs;
  let seen = 0;
  let gone = 0;
  let cursor: string | undefined;
  do {
    const page = await runs.list({ status: ENDED_STATUSES, limit: MAX_PAGE, ...(cursor === undefined ? {} : { cursor }) });
    const old: RunId[] = [];
    for (const { id, updatedAt } of page.runs) {
      seen += 1;
      if (seen > keepRuns || updatedAt < endedBefore) old.push(id);
    }
    if (old.length > 0) gone += (await runs.forget(old)).length;
    cursor = page.next;
  } while (cursor !== undefined);
  return gone;
}

export interface Keeper {
  /** One more run ended. */
  noteEnded(): void;
  /** Resolves when what is under way is done; nothing more happens after that. */
  stop(): Promise<void>;
}

export interface KeeperOptions {
  readonly runs: RunStore;
  readonly clock: Clock;
  readonly retention: Retention;
  readonly onError?: (error: unknown) => void;
  readonly everyMs?: number;
}

/** At the latest after so many ended: a burst is not kept for the rest of the hour. */
const ENDED_PER_ROUND = 5_000;
const EVERY_MS = 3_600_000;

/** Forgets old runs at once, then every hour and after many have ended. */
export function startKeeper({ runs, clock, retention, onError = () => {}, everyMs = EVERY_MS }: KeeperOptions): Keeper {
  let ended = 0;
  let isStopped = false;
  let round: Promise<void> | undefined;
  let callOff = () => {};

  const work = () => {
    if (isStopped || round !== undefined) return;
    callOff();
    ended = 0;
    round = forgetOldRuns(runs, clock, retention)
      .then(() => {}, onError)
      .then(() => {
        round = undefined;
        if (!isStopped) callOff = clock.after(everyMs, work);
      });
  };
  work();
  return {
    noteEnded() {
      ended += 1;
      if (ended >= ENDED_PER_ROUND) work();
    },
    async stop() {
      isStopped = true;
      callOff();
      await round;
    },
  };
}
