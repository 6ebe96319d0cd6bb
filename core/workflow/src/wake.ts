/** How a loop sleeps until something happens: somebody notifies it, or a moment comes. */

import type { Clock, Instant } from "@provisioning/model";

/** Timers of Node take 31 bits; a later moment is looked at again when this time is over. */
const LONGEST_SLEEP_MS = 2 ** 31 - 1;

export class Wake {
  #isDue = false;
  #resolve: (() => void) | undefined;
  readonly #alarm: Alarm;

  constructor(clock: Clock) {
    this.#alarm = new Alarm(clock, () => this.notify());
  }

  notify(): void {
    this.#isDue = true;
    this.#resolve?.();
  }

  /** What was notified so far is about to be looked at. */
  reset(): void {
    this.#isDue = false;
    this.#resolve = undefined;
  }

  /** Resolves at the next notification, at once if there was one since the last `reset`, or at `at` at the latest. */
  wait(at: Instant | undefined): Promise<void> {
    if (this.#isDue) return Promise.resolve();
    if (at !== undefined) this.#alarm.set(at);
    return new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  close(): void {
    this.#alarm.callOff();
  }
}

/** One timer. It may ring too early, which does no harm: whoever is woken looks and sets it again. */
export class Alarm {
  readonly #clock: Clock;
  readonly #onRing: () => void;
  #at: Instant | undefined;
  #callOff = () => {};

  constructor(clock: Clock, onRing: () => void) {
    this.#clock = clock;
    this.#onRing = onRing;
  }

  /** An earlier one is left as it is. */
  set(at: Instant): void {
    if (this.#at !== undefined && this.#at <= at) return;
    this.#callOff();
    this.#at = at;
    this.#callOff = this.#clock.after(Math.min(Math.max(0, at - this.#clock.now()), LONGEST_SLEEP_MS), () => {
      this.#at = undefined;
      this.#onRing();
    });
  }

  callOff(): void {
    this.#callOff();
  }
}
