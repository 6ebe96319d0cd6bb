/** Errors as they are shown: each of these is made to happen, and what the command told is the page. `npm run docs` writes it. */

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readErrorsPage } from "../../../core/cli/src/commands/utilities/errors-page.js";
import { ERROR_EXAMPLES, type ErrorExample } from "./pages/error-examples.js";
import { runInFolder } from "./run-words.js";
import { root } from "./sources.js";
import { readFileSync } from "node:fs";

const PAGE = `${root}docs/user/reference/error-examples.md`;
const MAIN = `import provisioning.settings as cfg

settings: cfg.Settings = {
    infra = {name = "shop", provider = "local"}
    servers = [{name = "web-01", plan = "small", role = "web", taskservs = ["nginx"]}]
}
`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "provisioning-errors-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}

/** What is told in a workspace that has the infras `shop` and `blog` and nothing that was made. */
async function happens({ words, change = {} }: ErrorExample): Promise<string> {
  await rm(folder, { recursive: true });
  await write("infra/shop/main.k", MAIN);
  await write("infra/blog/main.k", MAIN.replace('"shop"', '"blog"'));
  await write("config/provisioning.yaml", "");
  await write("runtime/.keep", "");
  for (const [path, edit] of Object.entries(change)) await write(path, typeof edit === "string" ? edit : edit(MAIN));
  return runInFolder(folder, words.split(" "));
}

describe("examples of errors", () => {
  it("are what happens", { timeout: 120_000 }, async () => {
    const blocks: string[] = [];
    const others: string[] = [];
    for (const example of ERROR_EXAMPLES.toSorted((left, right) => left.code.localeCompare(right.code))) {
      const told = await happens(example);
      if (!told.includes(`${example.code} `)) others.push(`${example.code}: ${told}`);
      blocks.push(`## ${example.code}\n\n\`\`\`console\n$ provisioning ${example.words}\n${told.trimEnd()}\n\`\`\`\n`);
    }
    expect(others).toEqual([]);
    const head =
      "# Errors as they are shown\n\nMade to happen by `npm run docs`, in a workspace `/srv/shop`. What each code means: [errors](errors.md).\n";
    await expect([head, ...blocks].join("\n")).toMatchFileSnapshot(PAGE);
  });

  it("are shown by explain", () => {
    const explained = readErrorsPage(readFileSync(`${root}docs/user/reference/errors.md`, "utf8"), readFileSync(PAGE, "utf8"));
    for (const { code } of ERROR_EXAMPLES) {
      const { example } = explained.find((item) => item.code === code) ?? {};
      expect(example).toMatch(/^\$ provisioning /);
      expect(example).toContain(code);
    }
  });
});
