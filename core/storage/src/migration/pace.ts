/** Lets so many through in a second, the first who came first. Without a limit nobody waits. */

import { setTimeout as sleep } from "node:timers/promises";

export class Pace {
  #intervalMs = 0;
  /** When the next one may go. */
  #next = 0;

  limit(perSecond: number | undefined): void {
    this.#intervalMs = perSecond === undefined ? 0 : 1000 / perSecond;
    if (perSecond === undefined) this.#next = 0;
  }

  /** Whether anybody may have to wait. */
  get isLimited(): boolean {
    return this.#intervalMs > 0;
  }

  async turn(): Promise<void> {
    if (!this.isLimited) return;
    const now = performance.now();
    const at = Math.max(now, this.#next);
    this.#next = at + this.#intervalMs;
    if (at > now) await sleep(at - now);
  }
}
