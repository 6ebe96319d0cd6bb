/** What can go wrong between us and SurrealDB, and which of its failures mean what. */

import { ProvisioningError } from "@provisioning/model";

/** What this database acknowledges would not be safe. Nothing was opened. */
export class StoreUnsafeError extends ProvisioningError {
  constructor(location: string, reason: string, hint: string) {
    super({ code: "STORE_UNSAFE", message: `${location} is not used: ${reason}.`, hint, details: { location } });
  }
}

/** The database does not let this user in, or not do this. */
export class StoreDeniedError extends ProvisioningError {
  constructor(location: string, options: ErrorOptions) {
    super(
      {
        code: "STORE_DENIED",
        message: `${location} refuses this user: ${reasonOf(options.cause)}.`,
        hint: "Check user, password and the level at which the user is defined (root, namespace, database).",
        details: { location },
      },
      options,
    );
  }
}

/** The connection went away while something was asked of the database: nobody knows whether it was done. */
export class AnswerLostError extends Error {
  constructor(options: ErrorOptions) {
    super("The connection to the database was lost.", options);
  }
}

/** Somebody else changed the same things at the same time. Nothing was done; the same again can succeed. */
export class ConflictError extends Error {
  constructor(options: ErrorOptions) {
    super("Somebody else changed the same things at the same time.", options);
  }
}

/** The user is not known (any more) to this connection. */
export class DeniedError extends Error {
  constructor(options: ErrorOptions) {
    super("The database does not let this user do this.", options);
  }
}

/** Names of errors of the SDK that say that there is no connection. */
const LOST: ReadonlySet<string> = new Set([
  "CallTerminatedError",
  "ConnectionUnavailableError",
  "UnexpectedConnectionError",
  "ReconnectExhaustionError",
  "UnexpectedServerResponseError",
  "HttpConnectionError",
]);

/** Servers before 3.1 say only in words what a conflict is. */
const CONFLICT = /can be retried|transaction conflict|write conflict/i;
const DENIED =
  /not enough permissions|anonymous access|problem with authentication|authentication failed|token has expired|session has expired/i;

/** Sorts what the SDK threw by what it means for who asked. */
export function sortFailure(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  const { kind, details } = error as { kind?: unknown; details?: { kind?: unknown } | null };
  if (details?.kind === "TransactionConflict" || CONFLICT.test(error.message)) return new ConflictError({ cause: error });
  if (LOST.has(error.name) || isUnreachable(error)) return new AnswerLostError({ cause: error });
  if (kind === "NotAllowed" || error.name === "AuthenticationError" || DENIED.test(error.message)) {
    return new DeniedError({ cause: error });
  }
  return error;
}

/** `fetch` says only that it failed; why is in its cause. */
function isUnreachable(error: Error): boolean {
  return error instanceof TypeError && error.message === "fetch failed";
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const text = error.cause instanceof Error ? `${error.message} ${error.cause.message}` : error.message;
  return text.replace(/[.\s]+$/, "");
}
