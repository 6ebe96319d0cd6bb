import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { putAside } from "./index.js";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "provisioning-aside-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

it("keeps so many older files and no more", async () => {
  const file = join(dir, "orchestrator.log");
  const rotation = { file, maxBytes: 10, keep: 2 };
  await writeFile(file, "short");
  expect(await putAside(rotation)).toBe(false);
  for (const text of ["the first one", "the second one", "the third one"]) {
    await writeFile(file, text);
    expect(await putAside(rotation)).toBe(true);
  }
  expect((await readdir(dir)).toSorted()).toEqual(["orchestrator.log.1", "orchestrator.log.2"]);
  expect(await readFile(`${file}.1`, "utf8")).toBe("the third one");
  expect(await readFile(`${file}.2`, "utf8")).toBe("the second one");
});
