/** The exception that ends an evaluation. It never leaves the package: `runProgram` turns it into a diagnostic. */
import { diagnostic, type DiagnosticDetails, type KclDiagnostic, kinds, type Origin } from "./diagnostic.js";
import { type Place, placeOf } from "./place.js";

/** Messages quote values, which can be long. */
const longestMessage = 10_000;

/** A failure at run time, with its place once known. `plain` is set for errors of settings and arguments, which have no place. */
export class EvaluationFailure extends Error {
  place: Place | undefined;
  details: DiagnosticDetails;
  /** What `runtime.catch` answers, where it differs from the message. */
  caught: string | undefined;
  /** Set by the innermost instance that was being built. */
  origin: { readonly attribute?: string; readonly place?: Place } | undefined;

  constructor(message: string, place?: Place, details: DiagnosticDetails = {}) {
    super(message);
    this.name = "EvaluationFailure";
    this.place = place;
    this.details = details;
  }

  toDiagnostic(): KclDiagnostic {
    const message = this.message.length > longestMessage ? `${this.message.slice(0, longestMessage)}…` : this.message;
    const finding = diagnostic(kinds.evaluation, message, this.place ?? placeOf("", 0, 1), {
      caret: false,
      ...this.details,
    });
    const origin = this.originOf();
    return origin === undefined ? finding : { ...finding, origin };
  }

  private originOf(): Origin | undefined {
    if (this.origin === undefined) return undefined;
    const { attribute, place } = this.origin;
    return {
      message: (this.caught ?? this.message).replace(/^Check failed on the condition: /, ""),
      ...(place === undefined ? {} : { position: place }),
      ...(attribute === undefined ? {} : { attribute }),
    };
  }
}

/** The end of a run that spent what it may. `runtime.catch` does not catch it. */
export class LimitFailure extends EvaluationFailure {}

/** Whether an exception says that the JavaScript stack is exhausted. */
export function isStackOverflow(error: unknown): boolean {
  return (
    error instanceof Error && /call stack|recursion|stack space/i.test(error.message) && !(error instanceof EvaluationFailure)
  );
}

/** What an exception of the JavaScript engine says about a program that asked for too much; undefined for any other. */
export function exhaustionText(error: unknown): string | undefined {
  if (isStackOverflow(error)) return "is nested too deeply";
  if (error instanceof RangeError) return "makes a value that is too large";
  return undefined;
}
