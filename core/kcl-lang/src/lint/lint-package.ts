/** The linter: what runs but is probably not meant. One rule a file, in `rules/`. */
import type { KclDiagnostic } from "../diagnostics/diagnostic.js";
import { withSource } from "../program.js";
import { parseMarkedModule } from "../syntax/parser.js";
import { readsOf } from "./reads.js";
import { inspectWith, type LintedFile, type Rule } from "./rule.js";
import { constantCheck } from "./rules/constant-check.js";
import { hiddenImport } from "./rules/hidden-import.js";
import { importPosition } from "./rules/import-position.js";
import { misleadingBranch } from "./rules/misleading-branch.js";
import { noneComparison } from "./rules/none-comparison.js";
import { overwrittenEntry } from "./rules/overwritten-entry.js";
import { repeatedImport } from "./rules/repeated-import.js";
import { undeclaredDocumentation } from "./rules/undeclared-documentation.js";
import { unusedImport } from "./rules/unused-import.js";
import { unusedLoopVariable } from "./rules/unused-loop-variable.js";
import { unusedVariable } from "./rules/unused-variable.js";

const rules: readonly Rule[] = [
  unusedImport,
  repeatedImport,
  importPosition,
  hiddenImport,
  unusedVariable,
  unusedLoopVariable,
  noneComparison,
  overwrittenEntry,
  misleadingBranch,
  undeclaredDocumentation,
  constantCheck,
];

/**
 * Inspects the files of one package, given as path and text. Imports need not be found: what the checker reports is left to
 * `loadProgram`.
 *
 * @returns syntax errors (`severity: "error"`) and warnings with codes `W1001` and up, by file in the order given, then by place, with source lines
 */
export function lintPackage(sources: ReadonlyMap<string, string>): KclDiagnostic[] {
  const files = [...sources].map(([file, text]): LintedFile => {
    const module = parseMarkedModule(file, text);
    return { ...module, reads: readsOf(module.tree.body) };
  });
  const sound = files.filter((file) => file.diagnostics.length === 0);
  const found = [...files.flatMap((file) => file.diagnostics), ...rules.flatMap((rule) => inspectWith(rule, { files: sound }))];
  return inOrder(found, [...sources.keys()]).map((finding) => withSource(finding, sources));
}

function inOrder(found: readonly KclDiagnostic[], files: readonly string[]): KclDiagnostic[] {
  const order = new Map(files.map((file, index) => [file, index]));
  return found.toSorted(
    ({ position: a }, { position: b }) =>
      (order.get(a.file) ?? 0) - (order.get(b.file) ?? 0) || a.line - b.line || a.column - b.column,
  );
}
