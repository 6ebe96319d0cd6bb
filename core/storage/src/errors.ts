/** What can go wrong with stored things. Unless a class says otherwise, nothing was written. */

import { type FencingToken, type Instant, ProvisioningError, type RunId } from "@provisioning/model";
import type { Lease, LeaseScope } from "./ports/lease-store.js";
import type { Version } from "./ports/run-store.js";

const instant = (at: Instant): string => new Date(at).toISOString();

/** Someone else wrote meanwhile. Read again, decide again. */
export class VersionConflictError extends ProvisioningError {
  constructor(
    readonly subject: string,
    readonly expected: Version,
    readonly actual: Version,
  ) {
    super({
      code: "VERSION_CONFLICT",
      message: `${subject} is at version ${actual}, not ${expected}: someone else changed it meanwhile.`,
      hint: "Read it again and repeat what you were doing.",
      retry: "now",
      details: { subject, expected, actual },
    });
  }
}

/** The lease went to someone else. Whoever gets this must stop at once. */
export class StaleTokenError extends ProvisioningError {
  constructor(
    readonly scope: LeaseScope,
    readonly token: FencingToken,
    readonly newest: FencingToken,
  ) {
    super({
      code: "TOKEN_STALE",
      message: `The lease of ${scope} with token ${token} is no longer valid: token ${newest} was granted since.`,
      hint: "Someone else works on it now. Start again only after looking at its status.",
      retry: "later",
      details: { scope, token, newest },
    });
  }
}

/** Someone else holds the lease. */
export class LeaseHeldError extends ProvisioningError {
  constructor(readonly lease: Lease) {
    super({
      code: "LEASE_HELD",
      message: `${lease.scope} is held by ${lease.holder} since ${instant(lease.since)}.`,
      hint: `Wait for it to finish; without a sign of life it becomes free at ${instant(lease.expiresAt)}.`,
      retry: "later",
      details: { scope: lease.scope, holder: lease.holder, since: lease.since, expiresAt: lease.expiresAt },
    });
  }
}

export class RunNotFoundError extends ProvisioningError {
  constructor(readonly runId: RunId) {
    super({
      code: "RUN_NOT_FOUND",
      message: `There is no run ${runId}.`,
      hint: "List the runs with: provisioning workflow list",
      details: { runId },
    });
  }
}

export class RunExistsError extends ProvisioningError {
  constructor(readonly runId: RunId) {
    super({
      code: "RUN_EXISTS",
      message: `There is already another run ${runId}.`,
      hint: "Submit it under a new id.",
      details: { runId },
    });
  }
}

export class CursorInvalidError extends ProvisioningError {
  constructor() {
    super({ code: "CURSOR_INVALID", message: "This cursor was not made by a list.", hint: "Start again without a cursor." });
  }
}

export class StoreClosedError extends ProvisioningError {
  constructor() {
    super({ code: "STORE_CLOSED", message: "The store is closed.", hint: "Open it again." });
  }
}

export class StoreReadOnlyError extends ProvisioningError {
  constructor(location: string) {
    super({
      code: "STORE_READ_ONLY",
      message: `The store at ${location} was opened for reading only.`,
      hint: "Run a command that may change things; it opens the store for writing.",
    });
  }
}

/** A write could not be made durable. What was not acknowledged may or may not be there after opening again. */
export class StoreFailedError extends ProvisioningError {
  /** `text`: what a store that is no file says instead. */
  constructor(location: string, options: ErrorOptions, text?: { readonly message: string; readonly hint: string }) {
    const { message, hint } = text ?? {
      message: `Writing to ${location} failed: ${options.cause instanceof Error ? options.cause.message : String(options.cause)}.`,
      hint: "Free space or repair the disk, then run the command again: it goes on where it was.",
    };
    super(
      {
        code: "STORE_FAILED",
        message,
        hint,
        retry: "later",
        details: { location },
      },
      options,
    );
  }
}

/** Nothing was written. */
export class StoreTooNewError extends ProvisioningError {
  constructor(
    readonly file: string,
    readonly found: number,
    readonly supported: number,
  ) {
    super({
      code: "STORE_TOO_NEW",
      message: `${file} has format ${found}; this version of provisioning reads up to ${supported}.`,
      hint: "Use the version of provisioning that wrote it, or a newer one. Nothing was changed.",
      details: { file, found, supported },
    });
  }
}

/** Backends other than the files bring packages of their own, which are installed when they are wanted. Nothing was opened. */
export class StorePackageMissingError extends ProvisioningError {
  constructor(product: string, command: string, options: ErrorOptions) {
    super(
      {
        code: "STORE_PACKAGE_MISSING",
        message: `The package that speaks to ${product} is not installed.`,
        hint: `Install it with: ${command}`,
        details: { product, command },
      },
      options,
    );
  }
}

/** Nothing was opened. The message never contains what was given, because that may be a url with a password. */
export class StoreOptionInvalidError extends ProvisioningError {
  constructor(
    readonly option: string,
    readonly reason: string,
  ) {
    super({
      code: "STORE_OPTION_INVALID",
      message: `The option ${option} of the store is wrong: ${reason}.`,
      hint: "Correct it in the configuration.",
      details: { option },
    });
  }
}
