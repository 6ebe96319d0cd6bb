import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@provisioning/model";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openFilesystemStorage } from "../../index.js";
import { sampleRun } from "../../testing/index.js";
import type { StorageMode } from "../../ports/storage.js";
import { type Disk, nodeDisk } from "./disk.js";
import { roomFor } from "./room.js";

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "provisioning-room-"));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const open = (segmentBytes: number, disk: Disk = nodeDisk, mode: StorageMode = "write") =>
  openFilesystemStorage({ dataDir, clock: systemClock, mode, disk, segmentBytes });
const file = (name: string) => join(dataDir, "journal", name);
const names = () => readdir(join(dataDir, "journal"));
const sizeOf = async (name: string) => (await stat(file(name))).size;

test("room is made in few steps and ends a little after the segment", () => {
  const segment = 16 * 1024 * 1024;
  const steps: number[] = [];
  for (let used = 1; used < segment; used = (steps.at(-1) ?? 0) + 1) steps.push(roomFor(used, segment));
  expect(steps).toEqual([256 * 1024, 1024 * 1024 + 4, 4 * 1024 * 1024 + 20, segment + 1024 * 1024]);
  expect(roomFor(segment * 2, segment)).toBeLessThan(segment * 2);
});

test("a file does not grow with what is written into its room, and is as long as its records after closing", async () => {
  const storage = await open(1_000_000);
  await storage.runs.submit(sampleRun());
  const size = await sizeOf("00000001.log");
  for (let count = 0; count < 20; count += 1) await storage.runs.submit(sampleRun());
  expect(await sizeOf("00000001.log")).toBe(size);
  await storage.close();
  const bytes = await readFile(file("00000001.log"));
  expect(bytes.length).toBeLessThan(size);
  expect(bytes.includes(0)).toBe(false);
});

test("a segment that is left keeps no room, and the next one has been prepared", async () => {
  const renamed: string[] = [];
  const storage = await open(20_000, {
    ...nodeDisk,
    async rename(path, to) {
      renamed.push(to);
      await nodeDisk.rename(path, to);
      for (const name of (await names()).filter((each) => each.endsWith(".log") && file(each) !== to)) {
        expect((await readFile(file(name))).includes(0), name).toBe(false);
      }
    },
  });
  for (let count = 0; count < 80; count += 1) await storage.runs.submit(sampleRun());
  expect(renamed.length).toBeGreaterThan(1);
  expect(renamed).toContain(file((await names()).filter((name) => name.endsWith(".log")).at(-1) ?? ""));
  await storage.close();
  expect((await names()).filter((name) => name.endsWith(".part"))).toEqual([]);
});

test("a segment that was prepared by one who was killed is swept", async () => {
  const storage = await open(20_000);
  await storage.runs.submit(sampleRun());
  await storage.close();
  await writeFile(file("spare-0123456789ab.part"), "provisioning-log format=1\n");
  const again = await open(20_000);
  expect((await again.info()).runs).toBe(1);
  expect(await names()).not.toContain("spare-0123456789ab.part");
  await again.close();
});

test("where there is no space for room there may be enough for records", async () => {
  const isRoom = (data: Uint8Array) => data.every((byte) => byte === 0);
  const full = () => Promise.reject(Object.assign(new Error("ENOSPC: no space left"), { code: "ENOSPC" }));
  const disk: Disk = {
    ...nodeDisk,
    replace: (path, chunks, durable) => (path.endsWith(".part") ? full() : nodeDisk.replace(path, chunks, durable)),
    async openForWriting(path) {
      const inner = await nodeDisk.openForWriting(path);
      return { ...inner, write: (data, at) => (isRoom(data) ? full() : inner.write(data, at)) };
    },
  };
  const storage = await open(20_000, disk);
  for (let count = 0; count < 80; count += 1) await storage.runs.submit(sampleRun());
  await storage.close();
  const again = await open(20_000);
  expect((await again.info()).runs).toBe(80);
  await again.close();
});

test("who reads along reads what is new and little of the room after it", async () => {
  const writer = await open(4_000_000);
  // Far enough for room of a megabyte.
  await Promise.all(Array.from({ length: 600 }, () => writer.runs.submit(sampleRun())));
  expect(await sizeOf("00000001.log")).toBeGreaterThan(1_000_000);
  let bytes = 0;
  const reader = await open(
    4_000_000,
    {
      ...nodeDisk,
      async read(path, offset, length) {
        const read = await nodeDisk.read(path, offset, length);
        bytes += read.length;
        return read;
      },
    },
    "read",
  );
  bytes = 0;
  for (let count = 0; count < 5; count += 1) {
    const { id } = sampleRun();
    await writer.runs.submit(sampleRun({ id }));
    expect((await reader.runs.load(id)).version).toBe(1);
  }
  expect(bytes).toBeLessThan(10 * 64 * 1024);
  await Promise.all(Array.from({ length: 300 }, () => writer.runs.submit(sampleRun())));
  expect((await reader.info()).runs).toBe(905);
  await reader.close();
  await writer.close();
});
