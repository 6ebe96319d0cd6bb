/** What a rule of the linter is given and what it answers. */
import type { DiagnosticDetails, KclDiagnostic } from "../diagnostics/diagnostic.js";
import type { Place } from "../diagnostics/place.js";
import type { MarkedModule } from "../syntax/parser.js";
import type { Reads } from "./reads.js";

/** A file of the package under inspection. */
export interface LintedFile extends MarkedModule {
  /** Names that the file reads. */
  readonly reads: Reads;
}

export interface LintedPackage {
  readonly files: readonly LintedFile[];
}

export interface Rule {
  /** Stable; never used again for another rule. */
  readonly code: string;
  readonly name: string;
  readonly inspect: (pkg: LintedPackage, warn: Warn) => void;
}

export type Warn = (message: string, position: Place, details?: DiagnosticDetails) => void;

export function inspectWith(rule: Rule, pkg: LintedPackage): KclDiagnostic[] {
  const found: KclDiagnostic[] = [];
  rule.inspect(pkg, (message, position, details = {}) => {
    found.push({ code: rule.code, name: rule.name, severity: "warning", message, position, ...details });
  });
  return found;
}
