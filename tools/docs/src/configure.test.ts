/** What the page on configuration tells is what happens: its files are written in their order, its commands are run, their output is compared. */

import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runInFolder } from "./run-words.js";
import { root } from "./sources.js";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "provisioning-configure-"));
  await write("infra/shop/main.k", "");
  await write("infra/blog/main.k", "");
});
afterAll(() => rm(folder, { recursive: true }));

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}

const page = await readFile(`${root}docs/user/how-to/configure.md`, "utf8");
const blocks = [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language = "", text = ""]) => ({ language, text }));

it("configures as the page says", async () => {
  let compared = 0;
  for (const { language, text } of blocks) {
    const [, file] = /^# (\S+\.(?:toml|ya?ml|k))\n/.exec(text) ?? [];
    if (file !== undefined) await write(file, text);
    if (language !== "console") continue;
    for (const [, words = "", output = ""] of text.matchAll(/^\$ provisioning (.*)\n((?:(?!\$ ).*\n)*)/gm)) {
      const infra = words.includes("--infra") || words.includes("validate") ? [] : ["--infra", "shop"];
      const told = await runInFolder(folder, [...words.split(" "), ...infra]);
      const expected = output.replaceAll("2026", String(new Date().getUTCFullYear()));
      expect(withoutLine(told), words).toBe(withoutLine(expected));
      compared += 1;
    }
  }
  expect(compared).toBeGreaterThan(8);
});

/** Lines of the defaults move when keys are added, and columns are as wide as the folders' names. */
function withoutLine(text: string): string {
  return text.replaceAll(/(config\.defaults\.toml|schema\.k):\d+/g, "$1").replaceAll(/ {2,}/g, "  ");
}
