/** What a service answered instead of a result, as the error that an action throws in this process. */

import { type Diagnostic, DiagnosticsError, type ErrorRecord, ProvisioningError } from "@provisioning/model";

/** Findings are findings again, with their places and lines of source. */
export function errorOf(record: ErrorRecord): ProvisioningError {
  const diagnostics = record.details?.diagnostics;
  if (Array.isArray(diagnostics) && diagnostics.length > 0) return new DiagnosticsError(diagnostics as Diagnostic[]);
  return new ProvisioningError(record);
}

/** Nobody answers there, for longer than a restart takes. */
export class ServiceGoneError extends ProvisioningError {
  constructor(url: string, cause: unknown) {
    super(
      {
        code: "SERVICE_GONE",
        message: `The service at ${url} does not answer.`,
        hint: "Look at it with: provisioning orchestrator status. What it had accepted goes on when it runs again.",
        retry: "later",
      },
      { cause },
    );
  }
}
