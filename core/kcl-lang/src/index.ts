/** The KCL configuration language: load, check, run, validate, evaluate. Works without Node; see `@provisioning/kcl-lang/node`. */
export { completeValue, type CompleteResult } from "./complete-value.js";
export { type RunCommand, runCommand, type RunCommandResult } from "./command/run-command.js";
export type { DiagnosticKind, KclDiagnostic, SecondaryFinding } from "./diagnostics/diagnostic.js";
export type { Place } from "./diagnostics/place.js";
export { renderDiagnostics } from "./diagnostics/render.js";
export { similarNames } from "./diagnostics/suggest.js";
export { documentPackage } from "./document/document-package.js";
export type {
  AttributeDocument,
  CheckDocument,
  FileDocument,
  PackageDocument,
  SchemaDocument,
} from "./document/package-document.js";
export { renderMarkdown } from "./document/render-markdown.js";
export { evaluateExpression, type EvaluateResult } from "./evaluate.js";
export { evaluateText, type EvaluateTextResult, type PreparedText, prepareText } from "./evaluate-text.js";
export { type Override, parseOverride } from "./overrides/override.js";
export { formatSource as format, type FormatResult } from "./format/format-source.js";
export { lintPackage } from "./lint/lint-package.js";
export type { KclFileActions, KclHost } from "./packages/host.js";
export { createMemoryHost } from "./memory-host.js";
export { namesUsed, type NamesUsed } from "./names-used.js";
export { createCache, type KclCache } from "./packages/load.js";
export { mergeSettings, parseArgument, type Settings } from "./packages/settings.js";
export { loadProgram, type LoadInput, type LoadResult, type Program } from "./program.js";
export { check, evaluate } from "./questions.js";
export { runProgram, type RunOptions, type RunResult } from "./run.js";
export type { Saying } from "./runtime/history.js";
export type { JsonValue } from "./runtime/json-value.js";
export { defaultLimits, type Limits } from "./runtime/machine.js";
export { type ParseResult, parseModule as parse } from "./syntax/parser.js";
export type { Module } from "./syntax/ast.js";
export { runTests, type TestReport, type TestRequest, type TestResult } from "./test-runner/run-tests.js";
export { validateValue, type ValidationFinding } from "./validate.js";
export { type DataDocument, type DataFile, type DataFormat, type DataPath, readDataFile } from "./vet/data-file.js";
export { vetData, type VetFinding, type VetRequest, type VetResult } from "./vet/vet.js";
