/** A finding in text that a user wrote: KCL, configuration, a manifest. Several are returned together, ordered by place. */

import { ProvisioningError } from "./errors.js";

export interface SourcePosition {
  /** Path as the user knows it. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in characters. */
  readonly column: number;
}

export interface Diagnostic {
  readonly severity: "error" | "warning";
  /** Stable, for example `KCL_TYPE` or `TASKSERV_UNKNOWN`. */
  readonly code: string;
  /** Short and fixed for the code. */
  readonly summary: string;
  /** What, why and what to do, in full sentences. */
  readonly detail?: string;
  readonly position?: SourcePosition;
  /** The line of source that the position names. */
  readonly sourceLine?: string;
  readonly hint?: string;
}

/** The user's text cannot be used as it is. Nothing was changed. */
export class DiagnosticsError extends ProvisioningError {
  constructor(
    readonly diagnostics: readonly Diagnostic[],
    options?: ErrorOptions,
  ) {
    const first = diagnostics[0];
    const more = diagnostics.length > 1 ? ` (and ${diagnostics.length - 1} more)` : "";
    super(
      {
        code: first?.code ?? "INVALID_INPUT",
        message: `${first?.summary ?? "Invalid input"}${more}`,
        ...(first?.hint === undefined ? {} : { hint: first.hint }),
        details: { diagnostics },
      },
      options,
    );
  }
}
