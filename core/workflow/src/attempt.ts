/** One try of one operation (or of its compensation): the handler is called once, and its outcome is known exactly once. */

import { type ErrorRecord, type Instant, type Json, type ProvisioningError, toErrorRecord } from "@provisioning/model";
import { AttemptLeftError, OperationTimeoutError } from "./errors.js";

export type Outcome =
  | ({ readonly type: "completed" } & Result)
  | { readonly type: "failed"; readonly error: ErrorRecord }
  /** It was told to stop and stopped, or did not answer in time. */
  | { readonly type: "cancelled" };

/** What a handler gave. */
export interface Result {
  readonly output: Json;
  /** What is there after a compensation. */
  readonly found?: Json;
}

export interface AttemptOptions {
  readonly title: string;
  readonly startedAt: Instant;
  readonly timeoutMs: number;
  /** How long a handler that was told to stop may take before it is no longer waited for. */
  readonly graceMs: number;
  /** The signal is there for whoever asks for it. */
  readonly call: (attempt: { readonly signal: AbortSignal }) => Promise<Result>;
  readonly onOutcome: (outcome: Outcome) => void;
  /** The handler leaves it to whoever takes the run next. */
  readonly onLeft: () => void;
}

/**
 * A handler that completes although it was told to stop has completed: the effect is there, and the record says so. One that rejects
 * after it was told to stop was cut short, whatever it throws. One that does neither is given up after `graceMs`; it may go on
 * working unseen, which is why handlers mark what they make with the idempotency key.
 */
export class Attempt {
  readonly #options: AttemptOptions;
  /** Made when the handler first asks for the signal: most never do, and it is not cheap. */
  #controller: AbortController | undefined;
  #stopReason: ProvisioningError | undefined;
  #dueAt: Instant;
  #stopped: "timeout" | "cancelled" | undefined;
  #isOver = false;
  #isLeft = false;

  constructor(options: AttemptOptions) {
    this.#options = options;
    this.#dueAt = options.startedAt + options.timeoutMs;
  }

  start(): void {
    this.#options.call(this).then(
      (result) => this.#end(isStorable(result) ? { type: "completed", ...result } : UNSTORABLE_RESULT),
      (error: unknown) => this.#rejected(error),
    );
  }

  #rejected(error: unknown): void {
    if (this.#stopped !== undefined) this.#end(this.#cutShort());
    else if (error instanceof AttemptLeftError) this.#leave();
    else this.#end({ type: "failed", error: storable(error) });
  }

  /** No outcome: a worker that does not stop after all waits for the time-out of the attempt. */
  #leave(): void {
    this.#isLeft = true;
    this.#options.onLeft();
  }

  /** Nothing comes of it in this process any more. */
  get isLeft(): boolean {
    return this.#isLeft;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#stopReason !== undefined) this.#controller.abort(this.#stopReason);
    }
    return this.#controller.signal;
  }

  /** When `check` has something to do. */
  get dueAt(): Instant {
    return this.#dueAt;
  }

  /** Tells a late handler to stop and gives up one that does not. */
  check(now: Instant): void {
    if (this.#isOver || now < this.#dueAt) return;
    if (this.#stopped !== undefined) this.#end(this.#cutShort());
    else this.#stop("timeout", now, this.#timeout());
  }

  cancel(now: Instant, reason: ProvisioningError): void {
    if (!this.#isOver && this.#stopped !== "cancelled") this.#stop("cancelled", now, reason);
  }

  #stop(why: "timeout" | "cancelled", now: Instant, reason: ProvisioningError): void {
    this.#stopped = why;
    this.#dueAt = now + this.#options.graceMs;
    this.#stopReason = reason;
    this.#controller?.abort(reason);
  }

  #cutShort(): Outcome {
    return this.#stopped === "timeout" ? { type: "failed", error: toErrorRecord(this.#timeout()) } : { type: "cancelled" };
  }

  #timeout(): OperationTimeoutError {
    return new OperationTimeoutError(this.#options.title, this.#options.timeoutMs);
  }

  #end(outcome: Outcome): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#options.onOutcome(outcome);
  }
}

const UNSTORABLE_RESULT: Outcome = {
  type: "failed",
  error: { code: "INTERNAL", message: "The operation returned something that is not plain data.", retry: "never" },
};

/** Details are whatever the thrower put there; what cannot be stored is left out. */
function storable(error: unknown): ErrorRecord {
  const { details, ...record } = toErrorRecord(error);
  return details === undefined || !isStorable(details) ? record : { ...record, details };
}

export function isStorable(value: unknown): boolean {
  try {
    return JSON.stringify(value) !== undefined;
  } catch {
    return false;
  }
}
