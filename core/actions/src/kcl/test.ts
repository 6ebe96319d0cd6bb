/** Runs tests that are written in KCL: `test_*` in `*_test.k`. */

import { runTests } from "@provisioning/kcl-lang";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import { kclFiles, type MachineAccess, machineAccessShape } from "./files.js";
import { type KclFinding, kclFindingSchema, toFinding } from "./finding.js";
import { findSources } from "./sources.js";

export interface KclTestInput extends MachineAccess {
  /** Folders with all below them, and test files, from the current folder. */
  readonly paths: readonly string[];
  /** A regular expression: only tests whose name it finds. */
  readonly run?: string;
  readonly failFast?: boolean;
}

export interface KclTestReport {
  readonly ok: boolean;
  readonly tests: readonly {
    readonly name: string;
    readonly file: string;
    readonly line: number;
    readonly ok: boolean;
    readonly durationMs: number;
    /** What `print` wrote. */
    readonly log: string;
    readonly findings: readonly KclFinding[];
  }[];
  /** Folders whose files could not be loaded. */
  readonly broken: readonly { readonly folder: string; readonly findings: readonly KclFinding[] }[];
}

export const testKcl = defineAction<KclTestInput, KclTestReport>({
  name: "kcl.test",
  cedar: { action: "testKcl", resource: "Machine" },
  effect: "read",
  summary: "Runs the tests in *_test.k files: lambdas and schemas whose names begin with test_.",
  input: z.strictObject({
    paths: z.array(z.string()),
    run: z.exactOptional(z.string().check(z.refine(isRegExp, "is no regular expression"))),
    failFast: z.exactOptional(z.boolean()),
    ...machineAccessShape,
  }),
  output: z.strictObject({
    ok: z.boolean(),
    tests: z.array(
      z.strictObject({
        name: z.string(),
        file: z.string(),
        line: z.int(),
        ok: z.boolean(),
        durationMs: z.number(),
        log: z.string(),
        findings: z.array(kclFindingSchema),
      }),
    ),
    broken: z.array(z.strictObject({ folder: z.string(), findings: z.array(kclFindingSchema) })),
  }),
  run: async (context, { paths, run, failFast = false, ...access }) => {
    const files = kclFiles(context, access);
    const report = runTests({
      ...files,
      paths: await findSources(context, files, paths, (name) => name.endsWith("_test.k")),
      failFast,
      ...(run === undefined ? {} : { filter: new RegExp(run) }),
      run: { now: () => context.clock.now() },
    });
    return {
      ok: report.ok,
      tests: report.tests.map(({ diagnostics, ...test }) => ({ ...test, findings: diagnostics.map(toFinding) })),
      broken: report.broken.map(({ folder, diagnostics }) => ({ folder, findings: diagnostics.map(toFinding) })),
    };
  },
});

function isRegExp(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp;
  } catch {
    return false;
  }
}
