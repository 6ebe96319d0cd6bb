/** Findings of the language in the platform's form. */

import type { KclDiagnostic } from "@provisioning/kcl-lang";
import type { Diagnostic } from "@provisioning/model";

/** A file as the user knows it, and whether it is the user's own. */
export interface FileView {
  display(file: string): string;
  isOwn(file: string): boolean;
}

/** A check that fails stands in a schema that we ship; what it is about stands in the user's file, and that is the place to show. */
export function toDiagnostic(finding: KclDiagnostic, files: FileView): Diagnostic {
  const own = files.isOwn(finding.position.file)
    ? undefined
    : finding.secondary?.find((second) => files.isOwn(second.position.file));
  const { position, sourceLine } = own ?? finding;
  const hints = [...(finding.suggestions ?? []), ...(finding.notes ?? [])];
  return {
    severity: finding.severity,
    code: `KCL_${finding.code}`,
    summary: `${finding.name}: ${finding.message}`,
    position: { ...position, file: files.display(position.file) },
    ...(sourceLine === undefined ? {} : { sourceLine }),
    ...(hints.length === 0 ? {} : { hint: hints.join(" ") }),
  };
}
