/** Findings of the language in the platform's form. */

import type { KclDiagnostic } from "@provisioning/kcl-lang";
import type { Diagnostic } from "@provisioning/model";

/** `display` shortens paths to what the user knows. */
export function toDiagnostic(finding: KclDiagnostic, display: (file: string) => string): Diagnostic {
  return {
    severity: finding.severity,
    code: `KCL_${finding.code}`,
    summary: `${finding.name}: ${finding.message}`,
    position: { ...finding.position, file: display(finding.position.file) },
    ...(finding.sourceLine === undefined ? {} : { sourceLine: finding.sourceLine }),
    ...(finding.notes === undefined || finding.notes.length === 0 ? {} : { hint: finding.notes.join(" ") }),
  };
}
