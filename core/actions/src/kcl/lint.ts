/** Looks for mistakes in KCL files: what does not hold, and what runs but is probably not meant. */

import { dirname } from "node:path";
import { createCache, type KclCache, type KclDiagnostic, lintPackage } from "@provisioning/kcl-lang";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import { type KclFiles, kclFiles, type MachineAccess, machineAccessShape } from "./files.js";
import { type KclFinding, kclFindingSchema, toFinding } from "./finding.js";
import { keyOf, readPackage } from "./read-package.js";
import { findSources } from "./sources.js";

export interface KclLintInput extends MachineAccess {
  /** Files, and folders with all below them, from the current folder. */
  readonly paths: readonly string[];
}

export interface KclLintReport {
  /** There are no errors; warnings may be. */
  readonly ok: boolean;
  /** How many files were looked at. */
  readonly files: number;
  readonly findings: readonly KclFinding[];
}

export const lintKcl = defineAction<KclLintInput, KclLintReport>({
  name: "kcl.lint",
  cedar: { action: "lintKcl", resource: "Machine" },
  effect: "read",
  summary: "Looks for mistakes in KCL files.",
  input: z.strictObject({ paths: z.array(z.string()), ...machineAccessShape }),
  output: z.strictObject({ ok: z.boolean(), files: z.int(), findings: z.array(kclFindingSchema) }),
  run: async (context, { paths, ...access }) => {
    const files = kclFiles(context, access);
    const sources = await findSources(context, files, paths);
    const cache = createCache();
    const findings = packagesOf(sources).flatMap((members) => findingsOf(files, members, cache));
    const ok = findings.every(({ severity }) => severity !== "error");
    return { ok, files: sources.length, findings: findings.map(toFinding) };
  },
});

/** Files by folder. */
function packagesOf(files: readonly string[]): readonly (readonly string[])[] {
  const packages = new Map<string, string[]>();
  for (const file of files) packages.set(dirname(file), [...(packages.get(dirname(file)) ?? []), file]);
  return [...packages.values()];
}

/** What the checker says comes first in its file. A syntax error is found by both, and shown once. */
function findingsOf(files: KclFiles, members: readonly string[], cache: KclCache): KclDiagnostic[] {
  const reading = readPackage(files, members, cache);
  const texts = new Map(members.map((file) => [file, files.host.readFile(file) ?? ""]));
  const known = new Set<string>();
  return [...(reading.ok ? [] : reading.diagnostics), ...lintPackage(texts)].filter((finding) => {
    const key = keyOf(finding);
    return !known.has(key) && known.add(key);
  });
}
