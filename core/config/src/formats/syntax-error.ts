/** A configuration file that cannot be read as its format. */

import { type Diagnostic, DiagnosticsError, type SourcePosition } from "@provisioning/model";

/** Nothing was changed. Its message names the first place; `diagnostics` has all of them. */
export class ConfigSyntaxError extends DiagnosticsError {
  constructor(findings: readonly Diagnostic[], options?: ErrorOptions) {
    super(findings, options);
    const [first] = findings;
    if (first?.position === undefined) return;
    const { file, line, column } = first.position;
    this.message = `${file}:${line}:${column}: ${this.message}`;
  }
}

export function syntaxFinding(position: SourcePosition, problem: string, sourceLine?: string): Diagnostic {
  return {
    severity: "error",
    code: "CONFIG_SYNTAX",
    summary: problem,
    position,
    hint: "Correct the file; nothing was changed.",
    ...(sourceLine === undefined ? {} : { sourceLine }),
  };
}
