/**
 * A run goes forward and perhaps backward. Each direction is a phase: it decides, from the state and what came in, which events
 * happen next and which handlers are to be called once these are durable. It does nothing itself.
 */

import { type Instant, invariant, type RunEvent } from "@provisioning/model";
import type { Outcome } from "./attempt.js";
import type { Opened } from "./condition.js";
import type { RunState } from "./state.js";
import { next } from "./transition.js";

export interface Finished {
  /** Place of the operation in the definition. */
  readonly index: number;
  readonly outcome: Outcome;
}

export interface Start {
  readonly index: number;
  readonly attempt: number;
}

/** `release`: start nothing new, and leave the run to others as soon as nothing runs. */
export type Mode = "work" | "release";

export interface Phase {
  /** Adds events to the draft and says what to start after they are durable. */
  step(draft: Draft, finished: readonly Finished[], mode: Mode): readonly Start[];
  /** The next moment at which waiting alone changes something. */
  wakeAt(): Instant | undefined;
  /** Operations whose conditions are to be watched from now on. */
  gates(): readonly number[];
  /** The wait for a condition is over. */
  opened(gate: Opened): void;
  /** Another run gave a place back that operations of this one may wait for. */
  slotFreed(name: string): void;
  /** It is not asked any more: what it took for operations other than these is given back. */
  leave(live: ReadonlySet<number>): void;
}

/** Events that are decided but not stored yet, and the state they lead to. */
export class Draft {
  readonly events: RunEvent[] = [];
  readonly now: Instant;
  #state: RunState;

  constructor(state: RunState, now: Instant) {
    this.#state = state;
    this.now = now;
  }

  get state(): RunState {
    return this.#state;
  }

  /** @throws IllegalTransitionError */
  add(event: RunEvent): void {
    this.#state = next(this.#state, event);
    this.events.push(event);
  }

  get isCancelled(): boolean {
    return "cancellation" in this.#state && this.#state.cancellation !== undefined;
  }

  get isPausing(): boolean {
    return this.#state.status === "running" && this.#state.pause !== undefined;
  }

  /** The token under which we work. */
  get token(): number {
    const claim = "claim" in this.#state ? this.#state.claim : undefined;
    invariant(claim !== undefined, "nobody has claimed the run");
    return claim.token;
  }

  /** Who we are. */
  get holder(): string {
    return "claim" in this.#state ? (this.#state.claim?.holder ?? "") : "";
  }
}
