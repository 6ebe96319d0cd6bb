import { newRunId, type RunId } from "@provisioning/model";
import { openMemoryStorage } from "@provisioning/storage";
import { createFakeClock, sampleRun } from "@provisioning/storage/testing";
import { beforeEach, expect, test } from "vitest";
import { createEngine } from "./engine.js";
import { forgetOldRuns } from "./retention.js";
import { startWorker } from "./worker.js";

const clock = createFakeClock();
let storage: ReturnType<typeof openMemoryStorage>;
beforeEach(() => {
  storage = openMemoryStorage({ clock });
});

const handlers = new Map([["sample", { execute: async () => null }]]);
const engineOver = () => createEngine({ storage, clock, random: () => 0, holder: "worker" });

async function endedRun(): Promise<RunId> {
  const engine = engineOver();
  const definition = sampleRun({ id: newRunId(), createdAt: clock.now() });
  await engine.submit(definition);
  await clock.runUntil(engine.execute(definition.id, { handlers }));
  await clock.advance(1);
  return definition.id;
}

const ids = async () => (await storage.runs.list({ limit: 1000 })).runs.map(({ id }) => id);

test("keeps the newest of the runs that ended, and all that have not", async () => {
  const open = sampleRun({ createdAt: clock.now() - 1e9 });
  await storage.runs.submit(open);
  const ended: RunId[] = [];
  for (let count = 0; count < 5; count += 1) ended.push(await endedRun());
  expect(await forgetOldRuns(storage.runs, clock, { keepRuns: 2, keepMs: 1e12 })).toBe(3);
  expect(await ids()).toEqual([ended[4], ended[3], open.id]);
});

test("forgets what ended too long ago, however few there are", async () => {
  const old = await endedRun();
  await clock.advance(1_000);
  const fresh = await endedRun();
  expect(await forgetOldRuns(storage.runs, clock, { keepRuns: 100, keepMs: 500 })).toBe(1);
  expect(await ids()).toEqual([fresh]);
  expect(await ids()).not.toContain(old);
});

test("more than a page of them go in one round", async () => {
  for (let count = 0; count < 1_500; count += 1) {
    const { id } = sampleRun();
    await storage.runs.submit(sampleRun({ id, createdAt: clock.now() + count }));
    await storage.runs.append(id, 1, [{ type: "cancelRequested", at: 1, by: "ada", reason: "", mode: "drain" }]);
    await storage.runs.append(id, 2, [
      { type: "runClaimed", at: 1, holder: "w", token: 1 },
      { type: "runEnded", at: 1, status: "cancelled" },
    ]);
  }
  expect(await forgetOldRuns(storage.runs, clock, { keepRuns: 10, keepMs: 1e15 })).toBe(1_490);
  expect(await ids()).toHaveLength(10);
});

test("a worker forgets old runs when it starts and every hour", async () => {
  for (let count = 0; count < 3; count += 1) await endedRun();
  const engine = engineOver();
  const worker = startWorker({
    engine,
    storage,
    clock,
    capacity: 1,
    handlersFor: async () => handlers,
    retention: { keepRuns: 1, keepMs: 1e12 },
  });
  await clock.advance(10);
  expect(await ids()).toHaveLength(1);
  await engine.submit(sampleRun({ createdAt: clock.now() }));
  await clock.advance(10_000);
  expect(await ids()).toHaveLength(2);
  await clock.advance(3_600_000);
  expect(await ids()).toHaveLength(1);
  await clock.runUntil(worker.drain());
});
