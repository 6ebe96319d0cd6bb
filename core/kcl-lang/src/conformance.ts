/** Runs a case of the language's conformance suite: command-line options, settings files, one result or error text. */
import { resolve } from "node:path";
import { renderDiagnostics } from "./diagnostics/render.js";
import { EvaluationFailure } from "./diagnostics/failure.js";
import { createNodeHost } from "./node-host.js";
import { loadProgram } from "./program.js";
import { type RunOptions, runProgram } from "./run.js";
import { findModuleRoot } from "./packages/locate.js";
import { mergeSettings, parseArgument, type Settings } from "./packages/settings.js";

export interface KclCase {
  readonly files: readonly string[];
  readonly cwd: string;
  readonly settings: {
    readonly settingFiles: readonly string[];
    readonly arguments: readonly string[];
    readonly pathSelectors: readonly string[];
    readonly externalPackages: readonly string[];
    readonly disableNone: boolean;
    readonly strictRangeCheck: boolean;
    readonly debug: boolean;
    readonly sortKeys: boolean;
    readonly showHidden: boolean;
    readonly format: string | null;
  };
}

export interface KclCaseResult {
  readonly ok: boolean;
  readonly yaml?: string;
  readonly log?: string;
  readonly error?: string;
}

export function runKclCase(kase: KclCase): KclCaseResult {
  try {
    return runCase(kase);
  } catch (error) {
    if (error instanceof EvaluationFailure) return { ok: false, error: `EvaluationError\n${error.message}\n` };
    throw error;
  }
}

function runCase(kase: KclCase): KclCaseResult {
  const host = createNodeHost({ allowChanges: true, environment: process.env });
  const settings = mergeSettings(host, kase.cwd, kase.settings.settingFiles);
  const packages = externalPackages(kase);
  const given = kase.files.length > 1 || settings.files.length === 0 ? kase.files : settings.files;
  const files = given.map((file) => resolve(kase.cwd, file.replaceAll("${KCL_MOD}", findModuleRoot(host, `${kase.cwd}/main.k`))));
  const loaded = loadProgram({ host, files, packages });
  if (!loaded.ok) return { ok: false, error: renderDiagnostics(loaded.diagnostics) };
  const result = runProgram(loaded.program, runOptions(kase, settings));
  if (!result.ok) return { ok: false, log: result.log, error: renderDiagnostics(result.diagnostics) };
  return { ok: true, yaml: result.toText(kase.settings.format === "json" ? "json" : "yaml"), log: result.log };
}

function externalPackages(kase: KclCase): Record<string, string> {
  return Object.fromEntries(
    kase.settings.externalPackages.map((pair) => {
      const at = pair.indexOf("=");
      return [pair.slice(0, at), resolve(kase.cwd, pair.slice(at + 1))];
    }),
  );
}

function runOptions(kase: KclCase, settings: Settings): RunOptions {
  const given = kase.settings;
  return {
    arguments: { ...settings.arguments, ...Object.fromEntries(given.arguments.map(parseArgument)) },
    disableNone: given.disableNone || settings.disableNone,
    strictRange: given.strictRangeCheck || settings.strictRangeCheck,
    sortKeys: given.sortKeys || settings.sortKeys,
    showHidden: given.showHidden || settings.showHidden,
    select: given.pathSelectors.length > 0 ? given.pathSelectors : settings.pathSelectors,
    workFolder: kase.cwd,
  };
}
