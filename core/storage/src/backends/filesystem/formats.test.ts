/** Stores of released formats can be opened and go on; one of a newer format is refused and stays as it is. */

import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { systemClock } from "@provisioning/model";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openFilesystemStorage } from "../../index.js";
import { contentOf } from "../../testing/fixture.js";
import { sampleRun } from "../../testing/index.js";
import { JOURNAL_FORMAT } from "./segment.js";

const FIXTURES = fileURLToPath(new URL("../../../fixtures/", import.meta.url));
const formats = (await readdir(FIXTURES)).filter((name) => name.startsWith("filesystem-"));

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "provisioning-formats-"));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const open = (mode: "read" | "write") => openFilesystemStorage({ dataDir, clock: systemClock, mode });

/** Every file with its bytes. */
async function allFiles(): Promise<ReadonlyMap<string, string>> {
  const names = await readdir(dataDir, { recursive: true, withFileTypes: true });
  const paths = names.filter((item) => item.isFile()).map((item) => join(item.parentPath, item.name));
  return new Map(await Promise.all(paths.sort().map(async (path) => [path, await readFile(path, "latin1")] as const)));
}

test("there is a store of the format of today", () => {
  expect(formats).toContain(`filesystem-${JOURNAL_FORMAT}`);
});

describe.each(formats)("a store of the format %s", (name) => {
  beforeEach(() => cp(join(FIXTURES, name, "store"), dataDir, { recursive: true }));

  test("shows all that it holds, takes something more and shows it again", async () => {
    const expected: unknown = JSON.parse(await readFile(join(FIXTURES, name, "content.json"), "utf8"));
    const reader = await open("read");
    expect(await contentOf(reader)).toEqual(expected);
    await reader.close();
    const writer = await open("write");
    expect(await contentOf(writer)).toEqual(expected);
    const added = sampleRun();
    await writer.runs.submit(added);
    await writer.close();
    const again = await open("read");
    expect(await contentOf(again)).toEqual(expected);
    expect((await again.runs.load(added.id)).version).toBe(1);
    await again.close();
  });

  test.each(["log", "snapshot"])("is refused when a %s in it is of a newer one, and stays as it is", async (kind) => {
    const file = (await readdir(join(dataDir, "journal"))).findLast((each) => each.endsWith(`.${kind}`)) ?? "";
    const path = join(dataDir, "journal", file);
    const text = await readFile(path, "latin1");
    await writeFile(path, text.replace(/format=\d+/, `format=${JOURNAL_FORMAT + 1}`), "latin1");
    const before = await allFiles();
    for (const mode of ["read", "write"] as const) {
      await expect(open(mode)).rejects.toMatchObject({ code: "STORE_TOO_NEW", found: JOURNAL_FORMAT + 1 });
    }
    expect(await allFiles()).toEqual(before);
  });
});
