import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

/** The reference cases live beside the repository; the engine under test is the built one. */
const repository = fileURLToPath(new URL("../../../", import.meta.url));
const runner = join(repository, "../shared/kcl-conformance/run.mjs");
const engine = join(repository, "core/kcl-lang/dist/conformance.js");
const baselineFile = join(repository, "core/kcl-lang/conformance-baseline.json");
const missing = !existsSync(runner)
  ? "the conformance cases are not beside the repository"
  : !existsSync(engine)
    ? "the package is not built"
    : undefined;

interface Baseline {
  /** Cases with the right output, or for failures a proper refusal. */
  readonly passing: readonly string[];
  /** Failure cases whose first diagnostic is the expected one. */
  readonly messages: readonly string[];
}

interface Result {
  readonly id: string;
  readonly pass: boolean;
  readonly message?: boolean;
}

function runSuite(): Baseline {
  const folder = mkdtempSync(join(tmpdir(), "kcl-conformance-"));
  const output = join(folder, "results.json");
  spawnSync(process.execPath, [
    runner,
    "--module",
    engine,
    "--yaml-module",
    join(repository, "node_modules/yaml"),
    "--json",
    output,
  ]);
  const { results } = JSON.parse(readFileSync(output, "utf8")) as { results: Result[] };
  rmSync(folder, { recursive: true });
  const ids = (keep: (result: Result) => boolean): string[] =>
    results
      .filter(keep)
      .map((result) => result.id)
      .sort();
  return { passing: ids((result) => result.pass), messages: ids((result) => result.message === true) };
}

describe.skipIf(missing !== undefined)(
  `the language's conformance cases${missing === undefined ? "" : ` (skipped: ${missing})`}`,
  () => {
    it("passes every case that passed before (KCL_CONFORMANCE_UPDATE=1 records new passes)", { timeout: 120_000 }, () => {
      const now = runSuite();
      if (process.env.KCL_CONFORMANCE_UPDATE === "1") writeFileSync(baselineFile, `${JSON.stringify(now, null, 2)}\n`);
      const before = JSON.parse(readFileSync(baselineFile, "utf8")) as Baseline;
      expect(before.passing.filter((id) => !now.passing.includes(id))).toEqual([]);
      expect(before.messages.filter((id) => !now.messages.includes(id))).toEqual([]);
    });
  },
);
