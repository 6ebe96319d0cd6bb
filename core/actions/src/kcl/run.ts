/** Runs KCL files as the language's own command line does. */

import { writeFile } from "node:fs/promises";
import { runCommand } from "@provisioning/kcl-lang";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import { kclFiles, type MachineAccess, machineAccessShape } from "./files.js";
import { type KclFinding, kclFindingSchema, toFinding } from "./finding.js";

export interface KclRunInput extends MachineAccess {
  /** Files and folders, from the current folder; `-` is `standardInput`. None: `kcl.yaml`, `kcl.mod` or `main.k` of the folder. */
  readonly inputs?: readonly string[];
  readonly standardInput?: string;
  readonly settingFiles?: readonly string[];
  /** Each `key=value`. */
  readonly arguments?: readonly string[];
  readonly pathSelectors?: readonly string[];
  /** Each `path=value`, `path:value`, `path+=value` or `path-`. */
  readonly overrides?: readonly string[];
  /** Each `name=path`. */
  readonly externalPackages?: readonly string[];
  readonly disableNone?: boolean;
  readonly strictRangeCheck?: boolean;
  readonly debug?: boolean;
  readonly sortKeys?: boolean;
  readonly showHidden?: boolean;
  /** File that takes the result. */
  readonly output?: string;
  readonly format?: "yaml" | "json";
}

export interface KclRunReport {
  readonly ok: boolean;
  /** The result in its format; also when it was written to a file. */
  readonly text: string;
  /** What `print` wrote. */
  readonly log: string;
  /** What the language says about a failure; empty without one. */
  readonly error: string;
  readonly findings: readonly KclFinding[];
  /** The file that took the result. */
  readonly written?: string;
}

const texts = z.exactOptional(z.array(z.string()));
const flag = z.exactOptional(z.boolean());

export const runKcl = defineAction<KclRunInput, KclRunReport>({
  name: "kcl.run",
  cedar: { action: "runKcl", resource: "Machine" },
  effect: "change",
  summary: "Evaluates KCL files and gives the result as YAML or JSON.",
  input: z.strictObject({
    inputs: texts,
    standardInput: z.exactOptional(z.string()),
    settingFiles: texts,
    arguments: texts,
    pathSelectors: texts,
    overrides: texts,
    externalPackages: texts,
    disableNone: flag,
    strictRangeCheck: flag,
    debug: flag,
    sortKeys: flag,
    showHidden: flag,
    output: z.exactOptional(z.string()),
    format: z.exactOptional(z.enum(["yaml", "json"])),
    ...machineAccessShape,
  }),
  output: z.strictObject({
    ok: z.boolean(),
    text: z.string(),
    log: z.string(),
    error: z.string(),
    findings: z.array(kclFindingSchema),
    written: z.exactOptional(z.string()),
  }),
  run: async (context, { mayUseMachine = false, ...words }) => {
    const { host, packages, aliases, vendorFolder } = kclFiles(context, { mayUseMachine });
    const result = runCommand({
      ...words,
      host,
      folder: context.currentDir,
      providedPackages: packages,
      aliases,
      ...(vendorFolder === undefined ? {} : { vendorFolder }),
    });
    const { ok, log } = result;
    if (!ok) return { ok, text: "", log, error: result.error, findings: result.diagnostics.map(toFinding) };
    const done = { ok, text: result.text, log, error: result.warnings, findings: [] };
    if (result.output === undefined) return done;
    try {
      await writeFile(result.output, result.text);
    } catch (cause) {
      return { ...done, ok: false, text: "", error: `Failed to write '${result.output}': ${(cause as Error).message}\n` };
    }
    return { ...done, written: result.output };
  },
});
