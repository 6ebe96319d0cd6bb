/**
 * The base of every failure the platform reports on purpose.
 *
 * A code is stable and never used again for something else; programs branch on it. Text for people is `message` and `hint`;
 * what an operator needs to dig deeper is in `details` and `cause`.
 */

/** Whether trying the same thing again can help: at once (with back-off), after something outside changed, or not at all. */
export type Retry = "now" | "later" | "never";

export interface ProvisioningErrorOptions {
  /** Upper snake case, for example `LEASE_HELD`. */
  readonly code: string;
  /** One sentence: what happened. */
  readonly message: string;
  /** One sentence: the next step, with the command to type where there is one. */
  readonly hint?: string;
  readonly retry?: Retry;
  /** Facts for programs and operators: ids, paths, exit codes. Never secrets. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Marks our errors across copies of this module: an extension may bring its own. */
const BRAND = Symbol.for("provisioning.error");

export class ProvisioningError extends Error {
  readonly [BRAND] = true;
  readonly code: string;
  readonly hint: string | undefined;
  readonly retry: Retry;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(options: ProvisioningErrorOptions, errorOptions?: ErrorOptions) {
    super(options.message, errorOptions);
    this.name = new.target.name;
    this.code = options.code;
    this.hint = options.hint;
    this.retry = options.retry ?? "never";
    this.details = options.details ?? {};
  }

  /** An error of ours counts whichever copy of this module made it. Subclasses are told apart as usual; programs branch on codes. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    if (this !== ProvisioningError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return typeof value === "object" && value !== null && BRAND in value;
  }
}

/** An error as stored in events and printed by `-o json`. */
export interface ErrorRecord {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly retry: Retry;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Turns anything thrown into a record. Unknown errors get the code `INTERNAL`. */
export function toErrorRecord(error: unknown): ErrorRecord {
  if (error instanceof ProvisioningError) {
    return {
      code: error.code,
      message: error.message,
      retry: error.retry,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      ...(Object.keys(error.details).length === 0 ? {} : { details: error.details }),
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: "INTERNAL", message, retry: "never" };
}

/** A bug of ours, not of the user. Fails loudly. */
export class InvariantError extends ProvisioningError {
  constructor(message: string) {
    super({ code: "INTERNAL", message: `Internal error: ${message}`, hint: "This is a bug in provisioning. Please report it." });
  }
}

/** States what must be true in our own code. @throws InvariantError */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}
