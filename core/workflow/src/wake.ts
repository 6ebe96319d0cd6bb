/** How a loop sleeps until something happens: somebody notifies it, or a moment comes. */

import type { Clock, Instant } from "@provisioning/model";

/** Timers of Node take 31 bits; a later moment is looked at again when this time is over. */
const LONGEST_SLEEP_MS = 2 ** 31 - 1;

export class Wake {
  readonly #clock: Clock;
  #isDue = false;
  #resolve: (() => void) | undefined;
  #alarm: { readonly at: Instant; readonly callOff: () => void } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  notify(): void {
    this.#isDue = true;
    this.#resolve?.();
  }

  /** Resolves at the next notification, at once if there was one since the last time, or at `at` at the latest. */
  async wait(at: Instant | undefined): Promise<void> {
    if (!this.#isDue) {
      if (at !== undefined) this.#arm(at);
      await new Promise<void>((resolve) => {
        this.#resolve = resolve;
      });
    }
    this.#resolve = undefined;
    this.#isDue = false;
  }

  close(): void {
    this.#alarm?.callOff();
  }

  /** An alarm that rings too early does no harm, so an earlier one is left as it is. */
  #arm(at: Instant): void {
    if (this.#alarm !== undefined && this.#alarm.at <= at) return;
    this.#alarm?.callOff();
    const ms = Math.min(Math.max(0, at - this.#clock.now()), LONGEST_SLEEP_MS);
    const callOff = this.#clock.after(ms, () => {
      this.#alarm = undefined;
      this.notify();
    });
    this.#alarm = { at, callOff };
  }
}
