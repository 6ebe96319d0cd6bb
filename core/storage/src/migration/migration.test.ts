/** Moving from one storage to another: nothing lost, nothing doubled, nobody notices, and an interruption does no harm. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunEvent, type RunId, systemClock } from "@provisioning/model";
import { afterEach, describe, expect, test } from "vitest";
import {
  contentHash,
  createSwitchableStorage,
  migrate,
  migrateLive,
  openFilesystemStorage,
  openMemoryStorage,
  runScope,
  type Storage,
  type TransferableStorage,
} from "../index.js";
import { sampleOperation, sampleResource, sampleRun } from "../testing/index.js";

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const KINDS = ["memory", "filesystem"] as const;
const PAIRS = KINDS.flatMap((from) => KINDS.map((to) => ({ from, to })));

async function open(kind: (typeof KINDS)[number]): Promise<TransferableStorage> {
  if (kind === "memory") return closing(openMemoryStorage({ clock: systemClock }));
  const dataDir = await mkdtemp(join(tmpdir(), "provisioning-migration-"));
  cleanups.push(() => rm(dataDir, { recursive: true, force: true }));
  return closing(await openFilesystemStorage({ dataDir, mode: "write", clock: systemClock }));
}

function closing(storage: TransferableStorage): TransferableStorage {
  cleanups.push(() => storage.close());
  return storage;
}

const completed = (operation: string): RunEvent => ({
  type: "operationCompleted",
  at: 1,
  operation: operation as never,
  attempt: 1,
  output: null,
});

/** Runs in every state, resources with several versions, a lease. */
async function fill(storage: Storage, count: number): Promise<RunId[]> {
  const ids: RunId[] = [];
  for (let index = 0; index < count; index += 1) {
    const definition = sampleRun({ createdAt: 1_700_000_000_000 + index, operations: [sampleOperation("one")] });
    ids.push(definition.id);
    await storage.runs.submit(definition);
    if (index % 3 === 0) continue;
    const claimed: RunEvent = { type: "runClaimed", at: 1, holder: "ada", token: index };
    const started: RunEvent = { type: "operationStarted", at: 1, operation: "one" as never, attempt: 1, token: index };
    await storage.runs.append(definition.id, 1, [claimed, started, completed("one")]);
    if (index % 3 === 1) await storage.runs.append(definition.id, 4, [{ type: "runEnded", at: 2, status: "completed" }]);
  }
  for (const name of ["a", "b", "c"]) {
    let version = await storage.resources.put(sampleResource(name), 0);
    for (let change = 0; change < 3; change += 1)
      version = await storage.resources.put(sampleResource(name, { updatedAt: change }), version);
  }
  return ids;
}

describe.each(PAIRS)("from $from to $to", ({ from, to }) => {
  test("brings everything over, equal by its digest, and again changes nothing", async () => {
    const [source, target] = [await open(from), await open(to)];
    const ids = await fill(source, 30);
    const held = await source.leases.acquire(runScope(ids[2] as RunId), "ada", 60_000);
    const report = await migrate(source, target);
    expect(report).toMatchObject({ copied: { runs: 30, resources: 3 }, leases: 1, content: { runs: 30, resources: 3 } });
    expect((await contentHash(target)).digest).toBe((await contentHash(source)).digest);
    expect(await migrate(source, target)).toMatchObject({ copied: { runs: 0, events: 0, resources: 0 } });
    // The holder goes on under its token; nobody else can.
    await target.leases.heartbeat(held);
    await expect(target.leases.acquire(held.scope, "bob", 1000)).rejects.toMatchObject({ code: "LEASE_HELD" });
    // Versions go on where they were.
    expect(await target.resources.put(sampleResource("a", { updatedAt: 9 }), 4)).toBe(5);
  });

  test("grants greater tokens than all that its runs have seen", async () => {
    const [source, target] = [await open(from), await open(to)];
    const ids = await fill(source, 12);
    await migrate(source, target);
    for (const id of ids) expect((await target.leases.acquire(runScope(id), "bob", 1000)).token).toBeGreaterThan(11);
  });

  test("is finished by a second one when it was stopped in the middle", async () => {
    const [source, target] = [await open(from), await open(to)];
    await fill(source, 300);
    for (const stopAfter of [1, 7]) {
      const stop = new AbortController();
      const stopped = migrate(source, target, { signal: stop.signal, onRun: ({ runs }) => runs >= stopAfter && stop.abort() });
      await expect(stopped).rejects.toThrow();
    }
    await migrate(source, target);
    expect(await contentHash(target)).toEqual(await contentHash(source));
  }, 60_000);

  test("takes in what changed and went away since an earlier one", async () => {
    const [source, target] = [await open(from), await open(to)];
    await fill(source, 3);
    await migrate(source, target);
    await source.resources.put(sampleResource("a", { updatedAt: 77 }), 4);
    await source.resources.remove(sampleResource("b").infra, sampleResource("b").address, 4);
    await fill({ ...source, resources: { ...source.resources, put: async () => 1 } }, 2);
    expect(await migrate(source, target)).toMatchObject({ copied: { runs: 2, resources: 2 } });
  });

  test("goes on while others write: no call fails, nothing is lost or doubled", async () => {
    const [source, target] = [await open(from), await open(to)];
    await fill(source, 200);
    const storage = createSwitchableStorage(source);
    const heard = new Map<RunId, number>();
    const stopWatching = storage.runs.watch(({ runId, events }) => heard.set(runId, (heard.get(runId) ?? 0) + events.length));
    let isOver = false;
    const submitted: RunId[] = [];
    const writer = async () => {
      while (!isOver) {
        const definition = sampleRun();
        await storage.runs.submit(definition);
        const lease = await storage.leases.acquire(runScope(definition.id), "ada", 60_000);
        const token = { type: "runClaimed", at: 1, holder: "ada", token: lease.token } as const;
        const version = await storage.runs.append(definition.id, 1, [token], lease.token);
        await storage.runs.append(
          definition.id,
          version,
          [completed("one"), { type: "runEnded", at: 2, status: "completed" }],
          lease.token,
        );
        await storage.leases.release(lease);
        submitted.push(definition.id);
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    const writers = Array.from({ length: 8 }, writer);
    const report = await migrateLive(storage, target);
    expect(storage.current).toBe(target);
    const before = submitted.length;
    while (submitted.length < before + 50) await new Promise((resolve) => setTimeout(resolve, 5));
    isOver = true;
    await Promise.all(writers);
    stopWatching();
    expect(report.passes).toBeGreaterThan(1);
    for (const id of submitted) {
      expect((await target.runs.load(id)).events.map(({ type }) => type)).toEqual([
        "runSubmitted",
        "runClaimed",
        "operationCompleted",
        "runEnded",
      ]);
      expect(heard.get(id)).toBe(4);
    }
    expect((await target.info()).runs).toBe(200 + submitted.length);
  }, 60_000);
});

test("refuses a target that holds something else, and leaves it as it is", async () => {
  const [source, target] = [await open("memory"), await open("memory")];
  const definition = sampleRun();
  await source.runs.submit(definition);
  await target.runs.submit(definition);
  await target.runs.append(definition.id, 1, [{ type: "cancelRequested", at: 1, by: "x", reason: "", mode: "abort" }]);
  await expect(migrate(source, target)).rejects.toMatchObject({ code: "MIGRATION_CONFLICT" });
  await target.runs.submit(sampleRun());
  const other = await open("memory");
  await expect(migrate(other, target)).rejects.toMatchObject({ code: "MIGRATION_CONFLICT" });
  expect((await target.info()).runs).toBe(2);
});

test("refuses a target with records of another installation before it touches one of them", async () => {
  const [source, target] = [await open("memory"), await open("memory")];
  await source.runs.submit(sampleRun());
  await target.resources.put(sampleResource("theirs"), 0);
  await expect(migrate(source, target)).rejects.toMatchObject({ code: "MIGRATION_CONFLICT" });
  expect(await target.info()).toMatchObject({ runs: 0, resources: 1 });
});

test("goes back to where it came from", async () => {
  const [here, there] = [await open("memory"), await open("memory")];
  await fill(here, 5);
  expect(await migrate(here, there)).toMatchObject({ resumed: false });
  await there.runs.submit(sampleRun());
  await there.resources.remove(sampleResource("b").infra, sampleResource("b").address, 4);
  expect(await migrate(there, here)).toMatchObject({ resumed: true, copied: { runs: 1, resources: 1 } });
  expect(await contentHash(here)).toEqual(await contentHash(there));
});

test("slows writers down that are faster than the copying, and lets them go afterwards", async () => {
  const [source, target] = [await open("memory"), await open("memory")];
  const slow: TransferableStorage = {
    ...target,
    runs: {
      ...target.runs,
      submit: async (definition) => {
        await new Promise((resolve) => setTimeout(resolve, 200));
        return target.runs.submit(definition);
      },
    },
  };
  await fill(source, 100);
  const storage = createSwitchableStorage(source);
  let isOver = false;
  const writers = Array.from({ length: 16 }, async () => {
    while (!isOver) {
      await storage.runs.submit(sampleRun());
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  });
  const report = await migrateLive(storage, slow);
  isOver = true;
  await Promise.all(writers);
  expect(report.heldBackMs).toBeLessThan(2_000);
  expect(report.passes).toBeGreaterThan(3);
}, 60_000);

test("is refused while another one moves the same storage", async () => {
  const [source, target, other] = [await open("memory"), await open("memory"), await open("memory")];
  await fill(source, 50);
  const storage = createSwitchableStorage(source);
  const first = migrateLive(storage, target);
  await expect(migrateLive(storage, other)).rejects.toMatchObject({ code: "MIGRATION_RUNNING" });
  await first;
  expect(storage.current).toBe(target);
  expect(await migrateLive(storage, other)).toMatchObject({ content: { runs: 50 } });
});

test("forgets what the source forgot", async () => {
  const [source, target] = [await open("memory"), await open("memory")];
  const [kept, ended] = [sampleRun(), sampleRun()];
  for (const definition of [kept, ended]) await source.runs.submit(definition);
  await source.runs.append(ended.id, 1, [{ type: "runEnded", at: 2, status: "completed" }]);
  const storage = createSwitchableStorage(source);
  let isForgotten = false;
  const onRun = () => {
    if (!isForgotten) void storage.runs.forget([ended.id]);
    isForgotten = true;
  };
  expect(await migrateLive(storage, target, { onRun })).toMatchObject({ content: { runs: 1 } });
});

test("lets go of leases that an interrupted migration took over", async () => {
  const [source, target] = [await open("memory"), await open("memory")];
  const definition = sampleRun();
  await source.runs.submit(definition);
  const lease = await source.leases.acquire(runScope(definition.id), "ada", 60_000);
  await migrate(source, target);
  await source.leases.release(lease);
  await migrate(source, target);
  expect(await target.leases.current(lease.scope)).toBeUndefined();
});

test("switches only when what says which storage counts was written", async () => {
  const [source, target] = [await open("memory"), await open("memory")];
  await fill(source, 3);
  const storage = createSwitchableStorage(source);
  const commit = () => Promise.reject(new Error("disk full"));
  await expect(migrateLive(storage, target, { commit })).rejects.toThrow("disk full");
  expect(storage.current).toBe(source);
  await storage.runs.submit(sampleRun());
  expect(await migrateLive(storage, target)).toMatchObject({ resumed: true });
  expect(storage.current).toBe(target);
});

test("a switch that fails goes on with the old storage", async () => {
  const [source, target] = [await open("memory"), await open("memory")];
  const storage = createSwitchableStorage(source);
  await target.runs.submit(sampleRun());
  await expect(migrateLive(storage, target)).rejects.toMatchObject({ code: "MIGRATION_CONFLICT" });
  expect(storage.current).toBe(source);
  await storage.runs.submit(sampleRun());
  expect((await source.info()).runs).toBe(1);
});
