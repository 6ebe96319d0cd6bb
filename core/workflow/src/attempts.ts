/** The attempts of a run that are being made now: begun while the lease is held, watched, told to stop. */

import type { Clock, Instant, OperationDefinition, ProvisioningError } from "@provisioning/model";
import { Attempt, type Outcome } from "./attempt.js";
import type { Caller } from "./call.js";
import type { Graph } from "./graph.js";
import type { Start } from "./phase.js";
import type { RunState } from "./state.js";

export interface AttemptsOptions {
  readonly graph: Graph;
  readonly state: () => RunState;
  readonly caller: Caller;
  readonly clock: Clock;
  readonly graceMs: number;
  /** Whether our lease lasts by our own clock, as far as we have heard. */
  readonly isHeld: () => boolean;
  readonly onOutcome: (index: number, outcome: Outcome) => void;
  /** A handler leaves its operation to whoever takes the run next. */
  readonly onLeft: () => void;
}

export class Attempts {
  readonly #options: AttemptsOptions;
  readonly #byIndex = new Map<number, Attempt>();
  /** Recorded and not called yet. */
  readonly #heldBack: Start[] = [];

  constructor(options: AttemptsOptions) {
    this.#options = options;
  }

  /** Of operations whose outcome is still to come. */
  live(): readonly number[] {
    return [...this.#byIndex.keys(), ...this.#heldBack.map(({ index }) => index)];
  }

  /**
   * What has been recorded as begun, together with what was held back. Somebody else may have the run of one who stood still since: then
   * it waits for a call after the next heartbeat.
   */
  start(starts: readonly Start[]): void {
    this.#heldBack.push(...starts);
    if (this.#heldBack.length === 0 || !this.#options.isHeld()) return;
    for (const start of this.#heldBack.splice(0)) this.#launch(start);
  }

  /** When `check` has something to do. */
  dueAt(): Instant | undefined {
    let at: Instant | undefined;
    for (const { dueAt } of this.#byIndex.values()) at = Math.min(at ?? dueAt, dueAt);
    return at;
  }

  check(now: Instant): void {
    for (const attempt of this.#byIndex.values()) attempt.check(now);
  }

  cancelAll(reason: ProvisioningError): void {
    const now = this.#options.clock.now();
    for (const attempt of this.#byIndex.values()) attempt.cancel(now, reason);
    for (const { index } of this.#heldBack.splice(0)) this.#options.onOutcome(index, { type: "cancelled" });
  }

  /** Nothing that was called comes to anything in this process any more. */
  isNothingAwaited(): boolean {
    for (const { isLeft } of this.#byIndex.values()) if (!isLeft) return false;
    return true;
  }

  #launch({ index, attempt: number }: Start): void {
    const { graph, state, caller, clock, graceMs, onOutcome, onLeft } = this.#options;
    const operation = graph.operations[index] as OperationDefinition;
    const isCompensation = state().status === "rollingBack";
    const attempt = new Attempt({
      title: operation.title,
      startedAt: clock.now(),
      timeoutMs: operation.timeoutMs,
      graceMs,
      call: (called) => caller.call({ operation, attempt: number, isCompensation }, called),
      onOutcome: (outcome) => {
        this.#byIndex.delete(index);
        onOutcome(index, outcome);
      },
      onLeft,
    });
    this.#byIndex.set(index, attempt);
    attempt.start();
  }
}
