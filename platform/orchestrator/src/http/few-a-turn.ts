/**
 * Spreads work over turns of the event loop, in the order in which it came: between two turns everybody else has theirs.
 * An act costs one turn at most; whatever it begins, such as writes, is not waited for.
 */
export class FewATurn {
  readonly #few: () => number;
  #waiting: (() => void)[] = [];
  #isGoing = false;
  #isHeld = false;

  /** `few`: acts in the next turn, at least 1. */
  constructor(few: () => number) {
    this.#few = few;
  }

  add(act: () => void): void {
    this.#waiting.push(act);
    this.#go();
  }

  /** While it is held nothing more is done; what is added waits. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    this.#go();
  }

  #go(): void {
    if (this.#isGoing || this.#isHeld || this.#waiting.length === 0) return;
    this.#isGoing = true;
    setImmediate(() => this.#turn());
  }

  #turn(): void {
    this.#isGoing = false;
    if (this.#isHeld) return;
    const acts = this.#waiting.splice(0, this.#few());
    this.#go();
    for (const act of acts) act();
  }
}
