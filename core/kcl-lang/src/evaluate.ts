/** Single expressions over given names, for conditions. */
import { diagnostic, type KclDiagnostic, kinds } from "./diagnostics/diagnostic.js";
import { placeOf } from "./diagnostics/place.js";
import type { KclHost } from "./packages/host.js";
import { systemModuleNames } from "./library/registry.js";
import { createMachine, guarded } from "./run.js";
import { type Program, withSource } from "./program.js";
import { compileExpression } from "./runtime/compile-expression.js";
import { Environment } from "./runtime/environment.js";
import { fromJavaScript, type JsonValue, toJavaScript } from "./runtime/json-value.js";
import type { Limits } from "./runtime/machine.js";
import type { StaticScope } from "./runtime/static-scope.js";
import type { Value } from "./runtime/values.js";
import { expressionPackage, type ImportTarget, type PackageSymbols, type ProgramSymbols } from "./semantics/symbols.js";
import { parseExpressionText } from "./syntax/parser.js";

export type EvaluateResult =
  | { readonly ok: true; readonly value: JsonValue }
  | { readonly ok: false; readonly diagnostics: readonly KclDiagnostic[] };

const closedHost: KclHost = { readFile: () => undefined, listDir: () => undefined, isDirectory: () => false };

/** A condition is small; these keep a hostile one short. */
export const conditionLimits: Limits = {
  steps: 1_000_000,
  depth: 200,
  bytes: 64 * 1024 * 1024,
  outputBytes: 1024 * 1024,
  nesting: 200,
  ms: 2_000,
};

/**
 * Evaluates one expression. `&&`, `||` and `!` are accepted for `and`, `or` and `not`; system modules need no import; there is no file access.
 * Names that the scope lacks are reported.
 */
export function evaluateExpression(
  text: string,
  scope: Readonly<Record<string, JsonValue>>,
  limits: Partial<Limits> = {},
): EvaluateResult {
  const file = "expression";
  const sources = new Map([[file, text]]);
  const parsed = parse(file, text);
  if (parsed.diagnostics.length > 0)
    return { ok: false, diagnostics: parsed.diagnostics.map((finding) => withSource(finding, sources)) };
  const pkg = expressionSymbols(file);
  const symbols: ProgramSymbols = { packages: new Map([[pkg.path, pkg]]) };
  const program: Program = {
    symbols,
    code: [],
    mainFiles: [file],
    moduleRoot: "/",
    external: new Map(),
    sources,
    host: closedHost,
  };
  const names = new Map<string, Value>(Object.entries(scope).map(([name, value]) => [name, fromJavaScript(value)]));
  const machine = createMachine(program, { limits: { ...conditionLimits, ...limits } }, names);
  const compiled: StaticScope = { kind: "package", program: symbols, pkg, parent: undefined };
  const outcome = guarded(program, machine, () =>
    compileExpression(parsed.tree, compiled)(machine, new Environment(undefined, [])),
  );
  return outcome.ok ? { ok: true, value: toJavaScript(outcome.value) } : outcome;
}

function expressionSymbols(file: string): PackageSymbols {
  const imports = new Map<string, ImportTarget>([...systemModuleNames].map((name) => [name, { kind: "system", name }]));
  return {
    path: expressionPackage,
    modules: [],
    variables: new Map(),
    schemas: new Map(),
    aliases: new Map(),
    imports: new Map([[file, imports]]),
  };
}

/** Parsing, with an exhausted stack as a finding. */
function parse(file: string, text: string): Pick<ReturnType<typeof parseExpressionText>, "tree" | "diagnostics"> {
  try {
    return parseExpressionText(file, text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const at = placeOf(file, 1, 1);
    return { tree: { kind: "missing", at }, diagnostics: [diagnostic(kinds.syntax, "the expression is nested too deeply", at)] };
  }
}
