import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type RunId, systemClock } from "@provisioning/model";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openFilesystemStorage, readWriterLock } from "../../index.js";
import { buildProgram, sampleRun, seededRandom, startProcess, testSeed } from "../../testing/index.js";

let root: string;
let program: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "provisioning-processes-"));
  program = join(root, "writer.mjs");
  await buildProgram(fileURLToPath(new URL("../../testing/writer-program.ts", import.meta.url)), program);
});
afterAll(() => rm(root, { recursive: true, force: true }));

const open = (dataDir: string) => openFilesystemStorage({ dataDir, clock: systemClock, mode: "write" });

const startWriter = (dataDir: string, writers: number) => startProcess(program, [dataDir, String(writers)], {});
const isReady = (line: string) => line === "ready";

test("a writer that is killed at any moment loses nothing it acknowledged and blocks nobody", async () => {
  const seed = testSeed();
  console.log(`SEED=${seed}`);
  const random = seededRandom(seed);
  const dataDir = join(root, "killed");
  const acknowledged: string[] = [];
  for (let round = 0; round < 8; round += 1) {
    const writer = startWriter(dataDir, 1 + Math.floor(random() * 16));
    await writer.said(isReady);
    await systemClock.sleep(random() * 150);
    await writer.kill();
    acknowledged.push(...writer.lines.slice(1));
  }
  const storage = await open(dataDir);
  for (const id of acknowledged) expect((await storage.runs.load(id as RunId)).version).toBe(1);
  expect(acknowledged.length).toBeGreaterThan(0);
  await storage.close();
}, 60_000);

test("a living writer is named, and a reader does not mind it", async () => {
  const dataDir = join(root, "living");
  const writer = startWriter(dataDir, 1);
  try {
    await writer.said(isReady);
    const refusal = open(dataDir);
    await expect(refusal).rejects.toMatchObject({ code: "STORE_BUSY", holder: { pid: writer.process.pid } });
    await expect(refusal).rejects.toThrow(new RegExp(`process ${writer.process.pid} .*since .*writer\\.mjs`));
    const reader = await openFilesystemStorage({ dataDir, clock: systemClock, mode: "read" });
    await reader.runs.list();
    await reader.close();
  } finally {
    await writer.kill();
  }
  const storage = await open(dataDir);
  await expect(open(dataDir)).rejects.toMatchObject({ code: "STORE_BUSY", holder: { pid: process.pid } });
  await storage.close();
  expect(await readWriterLock(dataDir)).toBeUndefined();
}, 30_000);

test("of several who find a dead writer exactly one takes its place", async () => {
  const dataDir = join(root, "race");
  const first = await open(dataDir);
  await first.runs.submit(sampleRun());
  const lock = await readFile(join(dataDir, "writer.lock"), "utf8");
  await first.close();
  for (let round = 0; round < 5; round += 1) {
    const holder = { ...(JSON.parse(lock) as object), nonce: `dead-${round}`, startTime: "1" };
    await writeFile(join(dataDir, "writer.lock"), JSON.stringify(holder));
    const takers = Array.from({ length: 6 }, () => startWriter(dataDir, 1));
    while (!takers.every(({ lines }) => lines[0] !== undefined)) await systemClock.sleep(5);
    expect(takers.filter(({ lines }) => lines.includes("ready"))).toHaveLength(1);
    await Promise.all(takers.map((taker) => taker.kill()));
  }
}, 60_000);

test("a process id that is used again, another boot and a successor that died do not block", async () => {
  const dataDir = join(root, "gone");
  await (await open(dataDir)).close();
  const path = join(dataDir, "writer.lock");
  const storage = await open(dataDir);
  const self = JSON.parse(await readFile(path, "utf8")) as Record<string, unknown>;
  await storage.close();
  const dead = [{ startTime: "1" }, { bootId: "another" }, { pid: 2 ** 22 + 1, startTime: "1" }];
  for (const change of dead) {
    await writeFile(path, JSON.stringify({ ...self, ...change, nonce: "first" }));
    await writeFile(`${path}.first`, JSON.stringify({ ...self, ...change, nonce: "second" }));
    await (await open(dataDir)).close();
  }
  await writeFile(`${path}.leftover`, "{}");
  await (await open(dataDir)).close();
  expect((await readdir(dataDir)).filter((name) => name.includes("writer"))).toEqual([]);
  await writeFile(path, "");
  await (await open(dataDir)).close();
  await writeFile(path, JSON.stringify({ ...self, pidNamespace: "pid:[1]", nonce: "elsewhere" }));
  await expect(open(dataDir)).rejects.toMatchObject({ code: "STORE_BUSY" });
});
