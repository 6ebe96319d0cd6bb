/** Formats KCL files in place. */

import { writeFile } from "node:fs/promises";
import { format } from "@provisioning/kcl-lang";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import { kclFiles, readText } from "./files.js";
import { type KclFinding, kclFindingSchema, toFinding } from "./finding.js";
import { findSources } from "./sources.js";

export interface KclFormatInput {
  /** Files, and folders with all below them, from the current folder; `-` is `standardInput`. */
  readonly paths: readonly string[];
  readonly standardInput?: string;
  /** Write nothing, only tell. */
  readonly check?: boolean;
}

export interface KclFormatReport {
  /** With `check`: all files are formatted. Else: all could be. */
  readonly ok: boolean;
  /** How many files were looked at. */
  readonly files: number;
  /** Absolute paths of the files that were written, or with `check` would be. */
  readonly changed: readonly string[];
  /** Standard input, formatted. */
  readonly text?: string;
  /** Files with syntax errors stay as they are. */
  readonly findings: readonly KclFinding[];
}

const STANDARD_INPUT = "<stdin>";

export const formatKcl = defineAction<KclFormatInput, KclFormatReport>({
  name: "kcl.format",
  cedar: { action: "formatKcl", resource: "Machine" },
  effect: "change",
  summary: "Formats KCL files, or tells which are not formatted.",
  input: z.strictObject({
    paths: z.array(z.string()),
    standardInput: z.exactOptional(z.string()),
    check: z.exactOptional(z.boolean()),
  }),
  output: z.strictObject({
    ok: z.boolean(),
    files: z.int(),
    changed: z.array(z.string()),
    text: z.exactOptional(z.string()),
    findings: z.array(kclFindingSchema),
  }),
  run: async (context, { paths, standardInput, check = false }) => {
    const isStandard = paths.includes("-");
    const named = await findSources(
      context,
      kclFiles(context, {}),
      paths.filter((path) => path !== "-"),
    );
    const changed: string[] = [];
    const findings: KclFinding[] = [];
    let text: string | undefined;
    for (const file of [...named, ...(isStandard ? [STANDARD_INPUT] : [])]) {
      const source = file === STANDARD_INPUT ? (standardInput ?? "") : await readText(context, file);
      const formatted = format(file, source);
      if (!formatted.ok) findings.push(...formatted.diagnostics.map(toFinding));
      else {
        if (formatted.text !== source) changed.push(file);
        if (file === STANDARD_INPUT) text = formatted.text;
        else if (formatted.text !== source && !check) await writeFile(file, formatted.text);
      }
    }
    const ok = findings.length === 0 && (!check || changed.length === 0);
    return { ok, files: named.length + Number(isStandard), changed, ...(text === undefined ? {} : { text }), findings };
  },
});
