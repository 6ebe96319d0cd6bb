/**
 * Virtual time and what happens in it. Everything that takes time is an event; events happen one after the other in the order of their
 * time, and all that an event causes at once is over before the next one begins. So one seed gives one history, line by line.
 */

import { createHash } from "node:crypto";
import { Heap, type Instant } from "@provisioning/model";
import { RandomSource } from "./random-source.js";

export const SIMULATION_START: Instant = 1_700_000_000_000;

interface Scheduled {
  readonly at: Instant;
  readonly number: number;
  act: (() => void) | undefined;
}

export class World {
  readonly random: RandomSource;
  /** What happened, a line each: milliseconds since the start, who, what. */
  readonly log: string[] = [];
  /** All that ever were. */
  readonly processes: { end(): void }[] = [];
  /** How often a clock of a process was set. */
  clockJumps = 0;
  readonly #events = new Heap<Scheduled>((a, b) => a.at < b.at || (a.at === b.at && a.number < b.number));
  #now: Instant = SIMULATION_START;
  #scheduled = 0;
  #happened = 0;
  #failure: { readonly error: unknown } | undefined;

  constructor(seed: number) {
    this.random = new RandomSource(seed);
  }

  get now(): Instant {
    return this.#now;
  }

  /** How many events happened. */
  get happened(): number {
    return this.#happened;
  }

  get logHash(): string {
    return createHash("sha256").update(this.log.join("\n")).digest("hex");
  }

  note(who: string, what: string): void {
    this.log.push(`${this.#now - SIMULATION_START} ${who}: ${what}`);
  }

  /** Lets `act` happen in `ms`; the returned function takes that back. */
  schedule(ms: number, act: () => void): () => void {
    const event: Scheduled = { at: this.#now + Math.max(0, ms), number: this.#scheduled++, act };
    this.#events.push(event);
    return () => {
      event.act = undefined;
    };
  }

  /** Ends the simulation: `run` rejects with this. */
  fail(error: unknown): void {
    this.#failure ??= { error };
  }

  /** Lets events happen until `isOver` says so or nothing is left to happen. @throws what `fail` was called with */
  run(isOver: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const turn = () => {
        if (this.#failure !== undefined) return reject(this.#failure.error as Error);
        if (isOver()) return resolve();
        let event = this.#events.pop();
        while (event !== undefined && event.act === undefined) event = this.#events.pop();
        if (event === undefined) return resolve();
        this.#now = event.at;
        this.#happened += 1;
        try {
          (event.act as () => void)();
        } catch (error) {
          this.fail(error);
        }
        setImmediate(turn);
      };
      setImmediate(turn);
    });
  }
}
