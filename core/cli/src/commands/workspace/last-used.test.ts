/** Which commands count as a use of a workspace. */

import { mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { CliContext } from "../../cli-context.js";
import { runWords } from "../../command/run.js";
import { VERSION } from "../../version.js";

const platformRoot = fileURLToPath(new URL("../../../../../", import.meta.url));
const LONG_AGO = "2026-01-02T03:04:05.678Z";
let base: string;
let file: string;

beforeEach(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), "provisioning-last-used-")));
  file = join(base, "provisioning", "user_config.yaml");
  expect(await cli(base, "workspace", "init", "shop", "--dir", join(base, "shop"))).toMatchObject({ code: 0 });
  await writeFile(file, (await readFile(file, "utf8")).replace(/last_used: .*/, `last_used: ${LONG_AGO}`));
});
afterEach(() => rm(base, { recursive: true, force: true }));

async function cli(currentDir: string, ...words: string[]): Promise<{ code: number; stdout: string }> {
  const written: string[] = [];
  const stdout = { write: (text: string) => void written.push(text), isTTY: false };
  const process: CliContext["process"] = { stdout, stderr: { write: () => undefined }, env: { XDG_CONFIG_HOME: base } };
  const stdin = {} as CliContext["stdin"];
  await runWords({ process, stdin, currentDir, platformRoot, version: VERSION }, words, { isFolder: () => false });
  return { code: Number(process.exitCode ?? 0), stdout: written.join("") };
}

async function isNoted(): Promise<boolean> {
  const { stdout } = await cli(base, "workspace", "list", "-o", "json");
  const shown = /"lastUsed": ?"([^"]+)"/.exec(stdout)?.[1];
  expect(await readFile(file, "utf8")).toContain(`last_used: ${shown}`);
  return shown !== LONG_AGO;
}

it.each([
  { words: ["config", "get", "providers.default"], code: 0 },
  { words: ["workflow", "list"], code: 0 },
  { words: ["storage", "info"], code: 0 },
  { words: ["config", "set", "providers.default", "nothing"], code: 0 },
  { words: ["plan", "--infra", "unknown"], code: 2 },
])("$words in the workspace is a use, whatever comes of it", async ({ words }) => {
  await cli(join(base, "shop"), ...words);
  expect(await isNoted()).toBe(true);
});

it.each([
  { words: ["version"] },
  { words: ["plan", "--help"] },
  { words: ["__complete", "config", "get", "prov"] },
  { words: ["__complete", "ssh", ""] },
  { words: ["workspace", "list"] },
  { words: ["config", "set", "providers.default", "local", "--check"] },
])("$words is none", async ({ words }) => {
  expect((await cli(join(base, "shop"), ...words)).stdout).not.toBe("");
  expect(await isNoted()).toBe(false);
});

it("stops no command when the list cannot be written", async () => {
  await writeFile(`${file}.lock`, "");
  expect(await cli(join(base, "shop"), "config", "get", "providers.default")).toMatchObject({ code: 0 });
  expect(await isNoted()).toBe(false);
});
