/**
 * Several processes that work on one queue: nothing is done twice, the work of a dead one goes on, a sleeper that wakes up is refused. A
 * backend that several processes share calls this once in a test file.
 */

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { RunId } from "@provisioning/model";
import { openStorage, type Storage, type StorageOptions } from "@provisioning/storage";
import { buildProgram, sampleRun, startProcess, type TestProcess } from "@provisioning/storage/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { brokenInvariants } from "./invariants.js";

const WAIT = { timeout: 60_000, interval: 25 };
/** On a busy machine a process may get its turn late. */
const SLACK_MS = 10_000;
const LEASE_MS = 1500;

interface Effect {
  readonly at: number;
  readonly worker: string;
  readonly run: RunId;
  readonly token: number;
  readonly attempt: number;
}

export interface SharedQueueOptions {
  readonly name: string;
  /** Why there can be no such database on this machine. */
  readonly reason: string | undefined;
  readonly start: () => Promise<SharedDatabase>;
  /** Shared by two processes in one test. */
  readonly runs: number;
}

export interface SharedDatabase {
  /** Of each number another one, empty. */
  place(number: number): StorageOptions;
  remove(): Promise<void>;
}

export function sharedQueueSuite({ name, reason, start, runs }: SharedQueueOptions): void {
  describe.skipIf(reason !== undefined)(`a queue in ${name} ${reason ?? ""}`, () => tests(start, runs));
}

function tests(startDatabase: SharedQueueOptions["start"], count: number): void {
  let database: SharedDatabase;
  let folder: string;
  let program: string;
  let place: StorageOptions;
  let storage: Storage;
  let effectsFile: string;
  const processes: TestProcess[] = [];
  let places = 0;

  beforeAll(async () => {
    database = await startDatabase();
    folder = await mkdtemp(join(tmpdir(), "provisioning-queue-"));
    program = join(folder, "worker.mjs");
    await buildProgram(fileURLToPath(new URL("queue-worker-program.ts", import.meta.url)), program);
  });
  afterAll(async () => {
    await database.remove();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    places += 1;
    effectsFile = join(folder, `effects-${places}`);
    place = database.place(places);
    storage = await openStorage(place);
  });
  afterEach(async () => {
    for (const each of processes.splice(0)) await each.kill();
    await storage.close();
  });

  const start = async (name: string, { capacity = 16, workMs = 0, pollMs = 5_000 } = {}) => {
    const words = [effectsFile, name, capacity, LEASE_MS, workMs, pollMs].map(String);
    const worker = startProcess(program, words, { STORAGE: JSON.stringify(place) });
    processes.push(worker);
    await worker.said((line) => line === "ready");
    return worker;
  };
  const submit = async (count: number): Promise<readonly RunId[]> => {
    const definitions = Array.from({ length: count }, () => sampleRun({ createdAt: Date.now() }));
    await Promise.all(definitions.map((definition) => storage.runs.submit(definition)));
    return definitions.map(({ id }) => id);
  };
  const effects = async (): Promise<readonly Effect[]> => {
    const text = await readFile(effectsFile, "utf8").catch(() => "");
    return text
      .split("\n")
      .slice(0, -1)
      .map((line) => {
        const [at, worker = "", run, token, attempt] = line.split(" ");
        return { at: Number(at), worker, run: run as RunId, token: Number(token), attempt: Number(attempt) };
      });
  };
  const endedIn = (worker: TestProcess) => worker.lines.filter((line) => line.startsWith("ended ")).length;
  const open = async () => (await storage.runs.list({ status: ["pending", "running"], limit: 1000 })).runs;
  const expectGood = async (runs: readonly RunId[]) => {
    for (const id of runs) expect(brokenInvariants((await storage.runs.load(id)).events)).toEqual([]);
  };

  test(`two processes share ${count} runs: each is done once, by one of them`, async () => {
    const runs = await submit(count);
    const [first, second] = await Promise.all([start("first"), start("second")]);
    await vi.waitFor(() => expect(endedIn(first) + endedIn(second)).toBe(count), WAIT);
    const done = await effects();
    expect(done.map(({ run }) => run).sort()).toEqual([...runs].sort());
    expect(new Set(done.map(({ worker }) => worker)).size).toBe(2);
    expect([...first.lines, ...second.lines].filter((line) => line.startsWith("failed"))).toEqual([]);
    expect(await open()).toEqual([]);
    await expectGood(runs.slice(0, 100));
  }, 120_000);

  test("an idle process hears of what another one submits", async () => {
    // It would look by itself only after the test is over.
    // The first one comes while it begins to listen.
    await start("idle", { capacity: 2, pollMs: 600_000 });
    for (let round = 0; round < 5; round += 1) {
      const [run] = await submit(1);
      await vi.waitFor(async () => expect((await effects()).some((effect) => effect.run === run)).toBe(true), WAIT);
    }
  }, 60_000);

  test("what a killed process worked on is taken over within its lease, and the rest of its work is not lost", async () => {
    for (let round = 0; round < 3; round += 1) {
      const doomed = await start(`doomed-${round}`, { capacity: 8, workMs: 400 });
      const runs = await submit(24);
      await vi.waitFor(async () => expect((await open()).some(({ status }) => status === "running")).toBe(true), WAIT);
      await sleep(Math.random() * 400);
      await doomed.kill();
      const killedAt = Date.now();
      const heir = await start(`heir-${round}`, { capacity: 32 });
      const interrupted = (await open()).filter(({ status }) => status === "running").map(({ id }) => id);
      await vi.waitFor(async () => expect(await open()).toEqual([]), WAIT);
      const done = await effects();
      for (const id of interrupted) {
        const again = done.find(({ run, worker }) => run === id && worker.startsWith("heir"));
        expect(again?.attempt).toBeGreaterThan(1);
        expect((again?.at ?? Number.POSITIVE_INFINITY) - killedAt).toBeLessThan(LEASE_MS + SLACK_MS);
      }
      const recorded = new Set(doomed.lines.map((line) => line.split(" ")[1]));
      expect(done.filter(({ run, worker }) => worker.startsWith("heir") && recorded.has(run))).toEqual([]);
      await expectGood(runs);
      await heir.kill();
    }
  }, 120_000);

  test("a process that was suspended beyond its lease is refused when it wakes up", async () => {
    for (let round = 0; round < 3; round += 1) {
      const sleeper = await start(`sleeper-${round}`, { capacity: 8, workMs: 300 });
      const runs = await submit(8);
      await vi.waitFor(async () => expect((await open()).filter(({ status }) => status === "running")).toHaveLength(8), WAIT);
      sleeper.process.kill("SIGSTOP");
      const asleep = (await open()).map(({ id }) => id);
      const heir = await start(`taker-${round}`, { capacity: 16 });
      await vi.waitFor(async () => expect(await open()).toEqual([]), WAIT);
      const before = await Promise.all(runs.map((id) => storage.runs.load(id)));
      sleeper.process.kill("SIGCONT");
      await vi.waitFor(
        () => expect(sleeper.lines.filter((line) => line === "failed LEASE_LOST")).toHaveLength(asleep.length),
        WAIT,
      );
      expect(asleep.length).toBeGreaterThan(0);
      expect(await Promise.all(runs.map((id) => storage.runs.load(id)))).toEqual(before);
      for (const id of asleep) {
        const { events } = await storage.runs.load(id);
        expect(events.filter((event) => event.type === "operationCompleted")).toMatchObject([{ output: `taker-${round}` }]);
      }
      await expectGood(runs);
      await sleeper.kill();
      await heir.kill();
    }
  }, 120_000);

  test("a process that is asked to stop leaves its runs to the others at once", async () => {
    const first = await start("leaving", { capacity: 4, workMs: 50 });
    const runs = await submit(100);
    await first.said((line) => line.startsWith("ended"));
    first.process.kill("SIGTERM");
    await vi.waitFor(() => expect(first.process.exitCode).toBe(0), WAIT);
    await start("staying");
    await vi.waitFor(async () => expect(await open()).toEqual([]), WAIT);
    expect((await effects()).map(({ run }) => run).sort()).toEqual([...runs].sort());
  }, 60_000);
}
