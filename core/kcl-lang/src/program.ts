/** Loading: from files to a checked program that can be run many times. */
import { diagnostic, type KclDiagnostic, kinds, type SecondaryFinding } from "./diagnostics/diagnostic.js";
import { exhaustionText } from "./diagnostics/failure.js";
import { placeOf } from "./diagnostics/place.js";
import type { Override } from "./overrides/override.js";
import type { KclHost } from "./packages/host.js";
import { type KclCache, loadSources } from "./packages/load.js";
import { compileProgram } from "./runtime/compile-program.js";
import type { PackageCode } from "./runtime/package.js";
import { checkProgram } from "./semantics/check-program.js";
import { declareProgram } from "./semantics/declare.js";
import type { ProgramSymbols } from "./semantics/symbols.js";

export interface LoadInput {
  readonly host: KclHost;
  /** Absolute paths of the main files; a folder stands for its `.k` files. */
  readonly files: readonly string[];
  /** Where import paths start. Default: the nearest folder above the first file with a `kcl.mod`, else its folder. */
  readonly root?: string;
  /** External packages: name to folder. */
  readonly packages?: Readonly<Record<string, string>>;
  /** Folder with packages by name (`KCL_PKG_PATH`), for names that nothing else explains. */
  readonly vendorFolder?: string;
  /** Other import paths for packages: `{ workflows: "platform.workflows" }`. What the program has itself under that path wins. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** Changes to make to the main files before anything else looks at them; see `parseOverride`. */
  readonly overrides?: readonly Override[];
  /** Parsed files, shared by several loads. */
  readonly cache?: KclCache;
}

/** A checked program. Holds no state of runs. */
export interface Program {
  readonly symbols: ProgramSymbols;
  readonly code: readonly PackageCode[];
  readonly mainFiles: readonly string[];
  readonly moduleRoot: string;
  readonly external: ReadonlyMap<string, string>;
  readonly sources: ReadonlyMap<string, string>;
  readonly host: KclHost;
}

export type LoadResult =
  | { readonly ok: true; readonly program: Program }
  | { readonly ok: false; readonly diagnostics: readonly KclDiagnostic[] };

/** A damaged file can have many thousand findings; these are what a person can use. */
const mostFindings = 200;

/** Parses the main files and all they import, resolves and checks them. Never throws for what the files say. */
export function loadProgram(input: LoadInput): LoadResult {
  try {
    return load(input);
  } catch (error) {
    const text = exhaustionText(error);
    if (text === undefined) throw error;
    const at = placeOf(input.files[0] ?? "", 1, 1);
    return { ok: false, diagnostics: [diagnostic(kinds.syntax, `the program ${text}`, at, { caret: false })] };
  }
}

function load(input: LoadInput): LoadResult {
  const loaded = loadSources(input);
  const refuse = (found: readonly KclDiagnostic[]): LoadResult => ({
    ok: false,
    diagnostics: found.slice(0, mostFindings).map((one) => withSource(one, loaded.sources)),
  });
  if (loaded.failure !== undefined && loaded.diagnostics.length === 0) {
    return refuse([diagnostic(kinds.module, loaded.failure, placeOf(input.files[0] ?? "", 1, 1), { caret: false })]);
  }
  const symbols = declareProgram(loaded.packages);
  const findings = [...loaded.diagnostics, ...checkProgram(symbols)];
  if (findings.some((finding) => finding.severity === "error")) return refuse(findings);
  const { mainFiles, moduleRoot, external, sources, host } = loaded;
  return {
    ok: true,
    program: { symbols, code: compileProgram(symbols), mainFiles, moduleRoot, external, sources, host },
  };
}

/** Adds the source lines that a rendering shows. */
export function withSource(finding: KclDiagnostic, sources: ReadonlyMap<string, string>): KclDiagnostic {
  const line = (position: SecondaryFinding["position"]): { sourceLine?: string } => {
    const text = lineOf(sources.get(position.file) ?? "", position.line);
    return text === undefined || position.column > longestExcerpt ? {} : { sourceLine: text.slice(0, longestExcerpt) };
  };
  const secondary = finding.secondary?.map((second) => ({ ...second, ...line(second.position) }));
  const origin = finding.origin && { ...finding.origin, ...(finding.origin.position && line(finding.origin.position)) };
  return { ...finding, ...line(finding.position), ...(secondary && { secondary }), ...(origin && { origin }) };
}

/** Lines are shown up to here; places further right are shown without their line. */
const longestExcerpt = 1_000;

function lineOf(text: string, line: number): string | undefined {
  let start = 0;
  for (let at = 1; at < line; at++) {
    const end = text.indexOf("\n", start);
    if (end < 0) return undefined;
    start = end + 1;
  }
  const end = text.indexOf("\n", start);
  const found = text.slice(start, end < 0 ? undefined : end);
  return found.endsWith("\r") ? found.slice(0, -1) : found;
}
