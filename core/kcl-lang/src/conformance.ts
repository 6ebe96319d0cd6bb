/** Runs a case of the language's conformance suite through the pipeline of the command line. */
import { runCommand } from "./command/run-command.js";
import { createNodeHost } from "./node-host.js";

export interface KclCase {
  readonly files: readonly string[];
  readonly cwd: string;
  readonly settings: {
    readonly settingFiles: readonly string[];
    readonly arguments: readonly string[];
    readonly pathSelectors: readonly string[];
    readonly overrides: readonly string[];
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
  const { format, ...words } = kase.settings;
  const result = runCommand({
    ...words,
    host: createNodeHost({ allowChanges: true, outside: true, environment: process.env }),
    folder: kase.cwd,
    inputs: kase.files,
    format: format === "json" ? "json" : "yaml",
  });
  const { log } = result;
  return result.ok ? { ok: true, yaml: result.text, log } : { ok: false, log, error: result.error };
}
