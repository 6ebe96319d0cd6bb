/** Programs that nothing needs: each is told as optional, found on the PATH or not. */

import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { optionalTools } from "./optional-tools.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "optional-tools-"));
});
afterEach(() => rm(folder, { recursive: true }));

const NAMES = ["glow", "bat", "k9s", "nu_plugin_tera", "nu_plugin_kcl"];

it("has those that guides, clusters and Nushell can use, none of them required", async () => {
  const found = await optionalTools({ PATH: folder });
  for (const name of NAMES)
    expect(found).toContainEqual(
      expect.objectContaining({ id: `tool.${name}`, title: `${name} (optional)`, required: false, ok: false }),
    );
  expect(found.every(({ found: status }) => status.startsWith("not there (for "))).toBe(true);
  expect(await optionalTools({})).toEqual(found);
});

it("tells where one is, by any of its names, if it can be run", async () => {
  for (const [name, mode] of [
    ["k9s", 0o755],
    ["batcat", 0o755],
    ["glow", 0o644],
  ] as const) {
    await writeFile(join(folder, name), "");
    await chmod(join(folder, name), mode);
  }
  const found = new Map((await optionalTools({ PATH: `/nowhere:${folder}` })).map((one) => [one.id, one]));
  expect(found.get("tool.k9s")).toMatchObject({ ok: true, found: join(folder, "k9s") });
  expect(found.get("tool.bat")).toMatchObject({ ok: true, found: join(folder, "batcat") });
  expect(found.get("tool.glow")).toMatchObject({ ok: false });
});
