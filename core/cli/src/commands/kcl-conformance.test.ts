/** `provisioning kcl run` in the place of KCL's own command: the language's cases about options, settings, packages and several files. */

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { commandWords, isCommandBuilt } from "../testing/built-command.js";

const repository = fileURLToPath(new URL("../../../../", import.meta.url));
const runner = join(repository, "../shared/kcl-conformance/run.mjs");
const missing = !existsSync(runner)
  ? "the conformance cases are not beside the repository"
  : !isCommandBuilt
    ? "the command is not bundled; npm run build"
    : undefined;

const CATEGORIES = "cli_config,option,path_selector,multi_file_compilation,show_hidden,sort_keys,import";

interface Result {
  readonly id: string;
  readonly pass: boolean;
  /** For failures: the first finding is the expected one. */
  readonly message?: boolean;
}

describe.skipIf(missing !== undefined)(`kcl run as KCL's command${missing === undefined ? "" : ` (skipped: ${missing})`}`, () => {
  it("prints and fails as the cases say", { timeout: 180_000 }, () => {
    const folder = mkdtempSync(join(tmpdir(), "kcl-command-conformance-"));
    const output = join(folder, "results.json");
    const command = `${commandWords.join(" ")} kcl run {files} {args}`;
    const words = ["--cmd", command, "--yaml-module", join(repository, "node_modules/yaml"), "--category", CATEGORIES];
    spawnSync(process.execPath, [runner, ...words, "--json", output]);
    const { results } = JSON.parse(readFileSync(output, "utf8")) as { results: readonly Result[] };
    rmSync(folder, { recursive: true });
    expect(results.length).toBeGreaterThan(40);
    expect(results.filter(({ pass, message }) => !pass || message === false).map(({ id }) => id)).toEqual([]);
  });
});
