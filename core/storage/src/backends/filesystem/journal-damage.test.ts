import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@provisioning/model";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type JournalCorruptError, openFilesystemStorage } from "../../index.js";
import { sampleRun } from "../../testing/index.js";
import type { Storage } from "../../ports/storage.js";
import { nodeDisk } from "./disk.js";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "provisioning-journal-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const SEGMENT = "journal/00000001.log";

async function open(dataDir: string, warnings: string[] = []): Promise<Storage> {
  return openFilesystemStorage({ dataDir, clock: systemClock, mode: "write", onWarning: (message) => warnings.push(message) });
}

async function idsIn(dataDir: string, mode: "read" | "write" = "write"): Promise<readonly string[]> {
  const storage = await openFilesystemStorage({ dataDir, clock: systemClock, mode });
  try {
    return (await storage.runs.list()).runs.map(({ id }) => id);
  } finally {
    await storage.close();
  }
}

/** A journal of single writes, as a process leaves it that is killed: no last word, the lock still there. */
async function killedJournal(dataDir: string, runs: number): Promise<{ bytes: Buffer; ids: string[] }> {
  const storage = await open(dataDir);
  const ids: string[] = [];
  for (let count = 0; count < runs; count += 1) {
    const definition = sampleRun();
    await storage.runs.submit(definition);
    ids.push(definition.id);
  }
  const bytes = await readRecords(dataDir);
  await storage.close();
  return { bytes, ids };
}

/** Without the room after them. */
async function readRecords(dataDir: string): Promise<Buffer> {
  const bytes = await readFile(join(dataDir, SEGMENT));
  return bytes.subarray(0, bytes.lastIndexOf("\n") + 1);
}

async function dataDirWith(name: string, bytes: Uint8Array): Promise<string> {
  const dataDir = join(root, name);
  await nodeDisk.makeFolder(join(dataDir, "journal"));
  await writeFile(join(dataDir, SEGMENT), bytes);
  return dataDir;
}

/** Opening for writing syncs; so many times takes long. */
const WRITE_EVERY = 60;

test.each([
  [0, 1],
  [5_000, 1],
  [200_000, 60],
])(
  "cuts a torn end off before %i bytes of room, wherever it was torn, and tells so",
  async (room, step) => {
    const { bytes, ids } = await killedJournal(join(root, "made"), 3);
    const lastStart = bytes.lastIndexOf("\n", bytes.length - 2) + 1;
    for (let length = lastStart + 1; length < bytes.length; length += step) {
      const dataDir = await dataDirWith("torn", Buffer.concat([bytes.subarray(0, length), Buffer.alloc(room)]));
      expect(await idsIn(dataDir, "read")).toHaveLength(2);
      expect((await stat(join(dataDir, SEGMENT))).size).toBe(length + room);
      if (length % WRITE_EVERY === 0) await expectCut(dataDir, lastStart, ids.slice(0, 2));
      await rm(dataDir, { recursive: true });
    }
  },
  60_000,
);

async function expectCut(dataDir: string, at: number, ids: readonly string[]): Promise<void> {
  const warnings: string[] = [];
  const storage = await open(dataDir, warnings);
  expect(warnings).toEqual([expect.stringContaining(`byte ${at}`)]);
  const added = sampleRun();
  await storage.runs.submit(added);
  await storage.close();
  expect(new Set(await idsIn(dataDir))).toEqual(new Set([...ids, added.id]));
}

test("finds any changed byte before the last write, changes nothing and names the place", async () => {
  const { bytes } = await killedJournal(join(root, "made"), 3);
  const last = bytes.lastIndexOf("\n", bytes.length - 2) + 1;
  for (let at = 0; at < last; at += 1) {
    const damaged = Buffer.from(bytes);
    damaged[at] = (damaged[at] as number) ^ 0x01;
    const dataDir = await dataDirWith("damaged", damaged);
    for (const mode of at % WRITE_EVERY === 0 ? (["read", "write"] as const) : (["read"] as const)) {
      const opening = openFilesystemStorage({ dataDir, clock: systemClock, mode });
      const error = await opening.then(
        () => undefined,
        (caught: unknown) => caught,
      );
      expect(error, `byte ${at}`).toMatchObject({ code: "JOURNAL_CORRUPT", file: expect.stringContaining(SEGMENT) });
      expect((error as JournalCorruptError).offset).toBeLessThanOrEqual(at);
    }
    expect((await readFile(join(dataDir, SEGMENT))).equals(damaged)).toBe(true);
    await rm(dataDir, { recursive: true });
  }
}, 60_000);

test("after closing in order also the last write is proven", async () => {
  const dataDir = join(root, "closed");
  await killedJournal(dataDir, 2);
  const bytes = await readFile(join(dataDir, SEGMENT));
  const lastWrite = bytes.lastIndexOf("runSubmitted");
  bytes[lastWrite] = 0x52;
  await writeFile(join(dataDir, SEGMENT), bytes);
  await expect(open(dataDir)).rejects.toMatchObject({ code: "JOURNAL_CORRUPT" });
});

test("refuses a newer format and a missing segment", async () => {
  const newer = await dataDirWith("newer", Buffer.from("provisioning-log format=2\n"));
  await expect(open(newer)).rejects.toMatchObject({ code: "STORE_TOO_NEW", details: { found: 2, supported: 1 } });
  expect(await readdir(newer)).toEqual(["journal"]);

  const dataDir = join(root, "missing");
  await killedJournal(dataDir, 1);
  await cp(join(dataDir, SEGMENT), join(dataDir, "journal/00000003.log"));
  await expect(open(dataDir)).rejects.toMatchObject({ code: "JOURNAL_CORRUPT", reason: expect.stringMatching(/missing/) });
});

test("a batch that was torn in its middle was never acknowledged and is cut off", async () => {
  const dataDir = join(root, "batch");
  const storage = await open(dataDir);
  const first = sampleRun();
  await storage.runs.submit(first);
  const batchStart = (await readRecords(dataDir)).length;
  await Promise.all(Array.from({ length: 5 }, () => storage.runs.submit(sampleRun())));
  const bytes = await readRecords(dataDir);
  await storage.close();
  bytes.fill(0, batchStart, batchStart + 50);
  expect(await idsIn(await dataDirWith("torn-batch", bytes))).toEqual([first.id]);
});

test("files are for their owner alone", async () => {
  const dataDir = join(root, "modes");
  await killedJournal(dataDir, 1);
  const walk = async (path: string): Promise<void> => {
    for (const item of await readdir(path, { withFileTypes: true })) {
      const mode = (await stat(join(path, item.name))).mode & 0o777;
      expect(`${item.name} ${mode.toString(8)}`).toBe(`${item.name} ${item.isDirectory() ? "700" : "600"}`);
      if (item.isDirectory()) await walk(join(path, item.name));
    }
  };
  await walk(dataDir);
});
