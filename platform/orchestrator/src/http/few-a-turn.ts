/**
 * Spreads work over turns of the event loop, in the order in which it came: between two turns everybody else has theirs.
 * An act costs one turn at most; whatever it begins, such as writes, is not waited for.
 */
export class FewATurn {
  readonly #few: number;
  #waiting: (() => void)[] = [];
  #isGoing = false;

  /** `few`: acts in one turn, at least 1. */
  constructor(few: number) {
    this.#few = few;
  }

  add(act: () => void): void {
    this.#waiting.push(act);
    if (this.#isGoing) return;
    this.#isGoing = true;
    setImmediate(() => this.#turn());
  }

  #turn(): void {
    const acts = this.#waiting.splice(0, this.#few);
    this.#isGoing = this.#waiting.length > 0;
    if (this.#isGoing) setImmediate(() => this.#turn());
    for (const act of acts) act();
  }
}
