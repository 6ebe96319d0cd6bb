/**
 * What `kcl run` does, for command lines, services and the conformance cases: settings files, arguments, packages, overrides, the run
 * and its text. Nothing is read but through the host, and nothing is printed or written: the caller does that with the result.
 */
import { EvaluationFailure } from "../diagnostics/failure.js";
import type { KclDiagnostic } from "../diagnostics/diagnostic.js";
import { renderDiagnostics } from "../diagnostics/render.js";
import { type Override, parseOverride } from "../overrides/override.js";
import { findExternalPackages } from "../packages/dependencies.js";
import type { KclHost } from "../packages/host.js";
import type { KclCache } from "../packages/load.js";
import { findModuleRoot } from "../packages/locate.js";
import type { Profile } from "../packages/manifest.js";
import { joinPath } from "../packages/paths.js";
import { mergeSettings, parseArgument, type Settings } from "../packages/settings.js";
import { loadProgram } from "../program.js";
import { runProgram, type RunOptions } from "../run.js";
import type { Limits } from "../runtime/machine.js";
import { findInputs, standardInput } from "./inputs.js";

/** The words of the command line, as typed. */
export interface RunCommand {
  readonly host: KclHost;
  /** Absolute: where relative paths start, and where `kcl.yaml` is looked for. */
  readonly folder: string;
  /** Files and folders; `-` is `standardInput`. None: see `findInputs`. */
  readonly inputs?: readonly string[];
  /** The text of the input `-`. */
  readonly standardInput?: string;
  /** `-Y` */
  readonly settingFiles?: readonly string[];
  /** `-D key=value` */
  readonly arguments?: readonly string[];
  /** `-S a.b.0` */
  readonly pathSelectors?: readonly string[];
  /** `-O path=value` */
  readonly overrides?: readonly string[];
  /** `-E name=path` */
  readonly externalPackages?: readonly string[];
  /** Packages that the caller provides; `-E` and `package_maps` may replace them. */
  readonly providedPackages?: Readonly<Record<string, string>>;
  /** Other paths under which packages are imported, as in `LoadInput`. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** The folder that `KCL_PKG_PATH` names. */
  readonly vendorFolder?: string;
  readonly disableNone?: boolean;
  readonly strictRangeCheck?: boolean;
  /** Adds a backtrace to failures at run time. */
  readonly debug?: boolean;
  readonly sortKeys?: boolean;
  readonly showHidden?: boolean;
  /** `-o`: the file that is to take the result. */
  readonly output?: string;
  readonly format?: "yaml" | "json";
  readonly cache?: KclCache;
  readonly limits?: Partial<Limits>;
}

/** `log` is what `print` wrote; it comes before the text, or before the error. `warnings` is text for people. */
export type RunCommandResult =
  | { readonly ok: true; readonly text: string; readonly log: string; readonly warnings: string; readonly output?: string }
  | { readonly ok: false; readonly error: string; readonly log: string; readonly diagnostics: readonly KclDiagnostic[] };

/** Never throws for what files, settings or words say. */
export function runCommand(command: RunCommand): RunCommandResult {
  try {
    return run(command);
  } catch (error) {
    if (!(error instanceof EvaluationFailure)) throw error;
    return { ok: false, error: `EvaluationError\n${error.message}\n`, log: "", diagnostics: [] };
  }
}

function run(command: RunCommand): RunCommandResult {
  const settings = mergeSettings(command.host, command.folder, command.settingFiles ?? []);
  const host = withStandardInput(command);
  const packages = packagesOf(command, settings);
  const inputs = findInputs({
    host,
    folder: command.folder,
    inputs: inputNames(command),
    settings,
    packages: known(command, packages),
  });
  const loaded = loadProgram({
    host,
    files: inputs.files,
    packages,
    overrides: overridesOf(command, settings, inputs.profile),
    ...(command.aliases === undefined ? {} : { aliases: command.aliases }),
    ...(command.vendorFolder === undefined ? {} : { vendorFolder: command.vendorFolder }),
    ...(command.cache === undefined ? {} : { cache: command.cache }),
  });
  if (!loaded.ok) return refused(loaded.diagnostics, "");
  const result = runProgram(loaded.program, optionsOf(command, settings, inputs.profile));
  const debug = command.debug === true || settings.debug;
  if (!result.ok) return refused(debug ? result.diagnostics.map(withBacktrace) : result.diagnostics, result.log);
  const output = command.output ?? settings.output;
  const path = output === undefined ? undefined : absolute(command.folder, output.replaceAll("${KCL_MOD}", inputs.root));
  const warnings = renderDiagnostics(result.warnings);
  return {
    ok: true,
    text: result.toText(command.format),
    log: result.log,
    warnings,
    ...(path === undefined ? {} : { output: path }),
  };
}

function refused(diagnostics: readonly KclDiagnostic[], log: string): RunCommandResult {
  return { ok: false, error: renderDiagnostics(diagnostics), log, diagnostics };
}

function withBacktrace(finding: KclDiagnostic): KclDiagnostic {
  const { file, line } = finding.position;
  return { ...finding, notes: [...(finding.notes ?? []), `backtrace:\n\t0: kcl_main\n\t\tat ${file}:${line}`] };
}

function absolute(folder: string, path: string): string {
  return path.startsWith("/") ? joinPath(path) : joinPath(folder, path);
}

/** The text of standard input is a file of the folder that nobody else has. */
function withStandardInput({ host, folder, standardInput: text }: RunCommand): KclHost {
  if (text === undefined) return host;
  const path = joinPath(folder, standardInputFile);
  return { ...host, readFile: (file) => (file === path ? text : host.readFile(file)) };
}

const standardInputFile = "<stdin>";

function inputNames({ inputs = [] }: RunCommand): readonly string[] {
  return inputs.map((input) => (input === standardInput ? standardInputFile : input));
}

function packagesOf(command: RunCommand, settings: Settings): Record<string, string> {
  const packages: Record<string, string> = {};
  const root = findModuleRoot(command.host, joinPath(command.folder, "main.k"));
  for (const [name, path] of Object.entries(settings.packages))
    packages[name] = absolute(command.folder, path.replaceAll("${KCL_MOD}", root));
  for (const pair of command.externalPackages ?? []) {
    const [, name, path] = /^\s*([^=\s]+)\s*=\s*(\S.*?)\s*$/.exec(pair) ?? [];
    if (name === undefined || path === undefined)
      throw new EvaluationFailure(`Invalid external package '${pair}', expected name=path`);
    packages[name] = absolute(command.folder, path);
  }
  return { ...command.providedPackages, ...packages };
}

function known(command: RunCommand, packages: Record<string, string>): ReadonlyMap<string, string> {
  const { host, folder, vendorFolder } = command;
  const root = findModuleRoot(host, joinPath(folder, "main.k"));
  return findExternalPackages(host, root, { packages, ...(vendorFolder === undefined ? {} : { vendorFolder }) }).folders;
}

function overridesOf(command: RunCommand, settings: Settings, profile: Profile | undefined): Override[] {
  const texts = [...(profile?.overrides ?? []), ...settings.overrides, ...(command.overrides ?? [])];
  return texts.map(parseOverride);
}

function optionsOf(command: RunCommand, settings: Settings, profile: Profile | undefined): RunOptions {
  const select = [command.pathSelectors ?? [], settings.pathSelectors, profile?.selectors ?? []].find((list) => list.length > 0);
  const pairs = (texts: readonly string[] = []) => Object.fromEntries(texts.map(parseArgument));
  return {
    arguments: { ...pairs(profile?.arguments), ...settings.arguments, ...pairs(command.arguments) },
    disableNone: command.disableNone === true || settings.disableNone || profile?.disableNone === true,
    strictRange: command.strictRangeCheck === true || settings.strictRangeCheck || profile?.strictRangeCheck === true,
    sortKeys: command.sortKeys === true || settings.sortKeys || profile?.sortKeys === true,
    showHidden: command.showHidden === true || settings.showHidden || profile?.showHidden === true,
    select: select ?? [],
    workFolder: command.folder,
    ...(command.limits === undefined ? {} : { limits: command.limits }),
  };
}
