/**
 * Sees to it that copying catches up with those who write: as long as they change runs faster than half as fast as runs are copied, they
 * are slowed down. So what is left to copy becomes less, and in the end writers are held back for a moment only.
 */

import type { WriteTracker } from "./switchable.js";

/** Of the runs that are copied in some time, so many may be changed in the same time. */
const SHARE = 0.5;
const FEWEST_WRITES_PER_SECOND = 10;
const WINDOW_MS = 250;
/** Of a limit that turned out to be lower than needed, at each look. */
const RAISE = 1.3;

export class Governor {
  readonly #tracker: WriteTracker;
  #limit: number | undefined;
  #since = performance.now();
  #copied = 0;
  #changed: number;
  #writes: number;

  constructor(tracker: WriteTracker) {
    this.#tracker = tracker;
    this.#changed = tracker.changed;
    this.#writes = tracker.writes;
  }

  copied(runs: number): void {
    this.#copied += runs;
    const seconds = (performance.now() - this.#since) / 1000;
    if (seconds < WINDOW_MS / 1000) return;
    const changed = this.#tracker.changed - this.#changed;
    const allowed = this.#copied * SHARE;
    const writesPerSecond = (this.#tracker.writes - this.#writes) / seconds;
    if (changed > allowed) this.#set(writesPerSecond * (allowed / changed));
    else if (this.#limit !== undefined) this.#set(this.#limit * RAISE);
    this.#since = performance.now();
    this.#copied = 0;
    this.#changed = this.#tracker.changed;
    this.#writes = this.#tracker.writes;
  }

  #set(perSecond: number): void {
    this.#limit = Math.max(FEWEST_WRITES_PER_SECOND, perSecond);
    this.#tracker.limit(this.#limit);
  }
}
