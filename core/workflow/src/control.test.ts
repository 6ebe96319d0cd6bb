/** What people ask of a run: pause, resume, pass over, retry, and a worker that lets go. */

import type { DependencyType, OperationDefinition, OperationId, RunId } from "@provisioning/model";
import { openMemoryStorage, runScope, type Storage } from "@provisioning/storage";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AttemptLeftError, createEngine, type Engine, type RunState, startWorker } from "./index.js";
import {
  brokenInvariants,
  createFakeClock,
  createScript,
  type FakeClock,
  sampleOperation,
  sampleRun,
  type Script,
} from "./testing/index.js";

let clock: FakeClock;
let storage: Storage;
let engine: Engine;
beforeEach(() => {
  clock = createFakeClock();
  storage = openMemoryStorage({ clock });
  engine = createEngine({ storage, clock, random: () => 0, holder: "worker-1" });
});
afterEach(async () => {
  expect(clock.sleepers, "sleepers left behind").toBe(0);
  await storage.close();
});

const id = (name: string) => name as OperationId;
const ONCE = { maxAttempts: 1, backoff: "linear", initialDelayMs: 1, maxDelayMs: 1 } as const;
const chain = (...names: string[]): OperationDefinition[] =>
  names.map((name, index) =>
    sampleOperation(name, {
      dependsOn: index === 0 ? [] : [{ on: id(names[index - 1] as string), type: "hard" as DependencyType }],
      retry: ONCE,
    }),
  );
const slow = () => createScript(clock, () => ({ delayMs: 100 }));
/** `bad` fails while it is told to. */
const failing = (bad: Set<string>): Script =>
  createScript(clock, ({ operation }) => ({ delayMs: 100, ...(bad.has(operation) ? { fail: "never" as const } : {}) }));
const statuses = (state: RunState) => Array.from(state.operations, ([name, { status }]) => `${name}:${status}`);
const expectSound = async (runId: RunId) => expect(brokenInvariants((await storage.runs.load(runId)).events)).toEqual([]);

describe("a pause", () => {
  test("lets what runs finish, starts nothing more, and gives the run back; resumed it goes on where it was", async () => {
    const script = slow();
    const runId = await engine.submit(sampleRun({ operations: chain("a", "b", "c") }));
    const running = engine.execute(runId, script);
    await clock.advance(150);
    expect((await engine.pause(runId, "ada", "lunch")).status).toBe("running");
    const paused = await clock.runUntil(running);
    expect(paused).toMatchObject({ status: "paused", pause: { by: "ada", reason: "lunch" } });
    expect(statuses(paused)).toEqual(["a:completed", "b:completed", "c:pending"]);
    expect(await storage.leases.current(runScope(runId))).toBeUndefined();
    expect((await engine.execute(runId, script)).status).toBe("paused");
    expect(await engine.executeNext(script)).toBeUndefined();
    expect((await engine.resume(runId, "ada")).status).toBe("pending");
    expect((await clock.runUntil(engine.executeNext(script)))?.status).toBe("completed");
    expect(script.done).toEqual(["execute:a", "execute:b", "execute:c"]);
    await expectSound(runId);
  });

  test("of a run that waits begins at once, and a cancellation ends it", async () => {
    const runId = await engine.submit(sampleRun());
    expect((await engine.pause(runId, "ada", "later")).status).toBe("paused");
    expect((await engine.pause(runId, "bob", "too")).status).toBe("paused");
    expect((await engine.cancel(runId, "ada", "never")).status).toBe("cancelled");
    await expectSound(runId);
  });

  test("can be taken back before it began", async () => {
    const script = slow();
    const runId = await engine.submit(sampleRun({ operations: chain("a", "b") }));
    const running = engine.execute(runId, script);
    await clock.advance(50);
    await engine.pause(runId, "ada", "lunch");
    await engine.resume(runId, "ada");
    expect((await clock.runUntil(running)).status).toBe("completed");
    await expectSound(runId);
  });

  test("is refused when there is nothing to pause or to resume", async () => {
    const runId = await engine.submit(sampleRun());
    await expect(engine.resume(runId, "ada")).rejects.toMatchObject({ code: "RUN_STATUS" });
    await clock.runUntil(engine.execute(runId, slow()));
    await expect(engine.pause(runId, "ada", "late")).rejects.toMatchObject({ code: "RUN_STATUS" });
    await expect(engine.resume(runId, "ada")).rejects.toMatchObject({ code: "RUN_STATUS" });
  });
});

describe("passing over", () => {
  test("an operation that waits counts it as done for those who need it", async () => {
    const script = slow();
    const runId = await engine.submit(sampleRun({ operations: chain("a", "b", "c") }));
    const running = engine.execute(runId, script);
    await clock.advance(50);
    await engine.pass(runId, id("b"), "ada");
    await expect(engine.pass(runId, id("a"), "ada")).rejects.toMatchObject({ code: "OPERATION_STATUS" });
    await expect(engine.pass(runId, id("x"), "ada")).rejects.toMatchObject({ code: "OPERATION_STATUS" });
    const state = await clock.runUntil(running);
    expect(state.status).toBe("completed");
    expect(statuses(state)).toEqual(["a:completed", "b:passed", "c:completed"]);
    await expectSound(runId);
  });

  test("the one that failed, then retrying the rest", async () => {
    const script = failing(new Set(["b"]));
    const runId = await engine.submit(sampleRun({ operations: chain("a", "b", "c") }));
    expect((await clock.runUntil(engine.execute(runId, script))).status).toBe("failed");
    await engine.pass(runId, id("b"), "ada");
    expect((await engine.retry(runId, "ada")).status).toBe("pending");
    const state = await clock.runUntil(engine.executeNext(script));
    expect(statuses(state as RunState)).toEqual(["a:completed", "b:passed", "c:completed"]);
    await expectSound(runId);
  });
});

describe("retrying", () => {
  test("tries again what failed and what was skipped because of it, and nothing else", async () => {
    const bad = new Set(["b"]);
    const script = failing(bad);
    const runId = await engine.submit(sampleRun({ operations: chain("a", "b", "c") }));
    const failed = await clock.runUntil(engine.execute(runId, script));
    expect(statuses(failed)).toEqual(["a:completed", "b:failed", "c:skipped"]);
    bad.clear();
    await engine.retry(runId, "ada");
    const state = await clock.runUntil(engine.execute(runId, script));
    expect(state.status).toBe("completed");
    expect(script.done).toEqual(["execute:a", "execute:b", "execute:c"]);
    await expectSound(runId);
  });

  test("from one operation on does it again with all that needs it", async () => {
    const script = slow();
    const operations = [...chain("a", "b", "c"), sampleOperation("other")];
    const runId = await engine.submit(sampleRun({ operations, parallelLimit: 1 }));
    await clock.runUntil(engine.execute(runId, script));
    await engine.retry(runId, "ada", [id("b")]);
    const state = await clock.runUntil(engine.execute(runId, script));
    expect(state.status).toBe("completed");
    expect(script.done.filter((done) => done === "execute:b" || done === "execute:c")).toHaveLength(4);
    expect(script.done.filter((done) => done === "execute:a" || done === "execute:other")).toHaveLength(2);
    await expectSound(runId);
    await clock.runUntil(engine.rollback(runId, { ...script, by: "ada" }));
    expect(script.done.slice(-4).sort()).toEqual(["compensate:a", "compensate:b", "compensate:c", "compensate:other"]);
  });

  test("from one operation on takes along what that needs and what stopped the run", async () => {
    const bad = new Set(["a", "x"]);
    const script = failing(bad);
    const goesOn = chain("a", "b", "c").map((each) => ({ ...each, onFailure: "continue" as const }));
    const runId = await engine.submit(sampleRun({ operations: [...goesOn, sampleOperation("x"), sampleOperation("y")] }));
    const failed = await clock.runUntil(engine.execute(runId, script));
    expect(statuses(failed)).toEqual(["a:failed", "b:skipped", "c:skipped", "x:failed", "y:completed"]);
    bad.clear();
    await engine.retry(runId, "ada", [id("c")]);
    const state = await clock.runUntil(engine.execute(runId, script));
    expect(statuses(state)).toEqual(["a:completed", "b:completed", "c:completed", "x:completed", "y:completed"]);
    expect(script.done.filter((done) => done === "execute:y")).toHaveLength(1);
    await expectSound(runId);
  });

  test("is refused while it runs, and when everything was done", async () => {
    const runId = await engine.submit(sampleRun());
    await expect(engine.retry(runId, "ada")).rejects.toMatchObject({ code: "RUN_STATUS" });
    await clock.runUntil(engine.execute(runId, slow()));
    await expect(engine.retry(runId, "ada")).rejects.toMatchObject({ code: "RUN_STATUS" });
    await expect(engine.retry(runId, "ada", [id("x")])).rejects.toMatchObject({ code: "OPERATION_STATUS" });
  });
});

describe("a worker", () => {
  const start = (script: Script, capacity = 2, name = "worker-1") => {
    const own = createEngine({ storage, clock, random: () => 0, holder: name });
    return startWorker({ engine: own, storage, clock, capacity, handlersFor: () => Promise.resolve(script.handlers) });
  };
  const submit = async (count: number, operations = chain("a")) =>
    Promise.all(Array.from({ length: count }, () => engine.submit(sampleRun({ operations }))));
  const ended = async () => (await storage.runs.list({ status: ["completed"] })).runs.length;

  test("carries out what was submitted before and after it started, no more at a time than it has places", async () => {
    const script = slow();
    await submit(3);
    const worker = start(script);
    await clock.advance(50);
    expect(worker.active).toBe(2);
    expect(script.running).toBe(2);
    await clock.advance(100);
    await submit(2);
    await clock.advance(500);
    expect(await ended()).toBe(5);
    expect(worker.active).toBe(0);
    await clock.runUntil(worker.drain());
  });

  test("asks the queue once for all its places while there is nothing to do, and takes what becomes due at that moment", async () => {
    let asked = 0;
    const queue: Storage["queue"] = {
      ...storage.queue,
      claim(holder, ttlMs) {
        asked += 1;
        return storage.queue.claim(holder, ttlMs);
      },
    };
    const counted = { ...storage, queue };
    const own = createEngine({ storage: counted, clock, random: () => 0, holder: "worker-1" });
    const script = createScript(clock);
    const handlersFor = () => Promise.resolve(script.handlers);
    const worker = startWorker({ engine: own, storage: counted, clock, capacity: 20, pollMs: 5_000, handlersFor });
    await clock.advance(1);
    asked = 0;
    await clock.advance(20_000);
    expect(asked).toBe(4);
    await engine.submit(sampleRun({ operations: chain("a"), notBefore: clock.now() + 1_234 }));
    await clock.advance(1_233);
    expect(await ended()).toBe(0);
    await clock.advance(1);
    expect(await ended()).toBe(1);
    await clock.runUntil(worker.drain());
  });

  test("lends the place of a run that only waits, for as long as it waits", async () => {
    const script = slow();
    const worker = start(script);
    await clock.advance(10);
    const giveBack = worker.lendPlace();
    await submit(6);
    await clock.advance(50);
    expect(script.running).toBe(3);
    // The run that waited is not among those that are carried out.
    expect(worker.active).toBe(2);
    giveBack();
    giveBack();
    await clock.advance(100);
    expect(script.running).toBe(2);
    await clock.advance(1_000);
    expect(await ended()).toBe(6);
    await clock.runUntil(worker.drain());
  });

  test("two of them share the work and do nothing twice", async () => {
    const script = slow();
    const runs = await submit(20);
    const workers = [start(script), start(script, 2, "worker-2")];
    await clock.advance(2_000);
    expect(await ended()).toBe(20);
    expect(script.calls).toHaveLength(20);
    for (const runId of runs) await expectSound(runId);
    await clock.runUntil(Promise.all(workers.map((worker) => worker.drain())));
  });

  test("that drains lets operations finish and leaves the run to another one at once", async () => {
    const script = slow();
    const [runId] = (await submit(1, chain("a", "b", "c"))) as [RunId];
    const worker = start(script);
    await clock.advance(150);
    await clock.runUntil(worker.drain());
    const left = await engine.state(runId);
    expect(left.status).toBe("pending");
    expect(statuses(left)).toEqual(["a:completed", "b:completed", "c:pending"]);
    expect((await clock.runUntil(engine.executeNext(script)))?.status).toBe("completed");
    expect(script.done).toEqual(["execute:a", "execute:b", "execute:c"]);
    await expectSound(runId);
  });

  test("that drains waits for nothing that was handed back, and another one tries it again", async () => {
    const stopping = new AbortController();
    const script = slow();
    const execute = async () => {
      await clock.sleep(1_000_000, stopping.signal).catch(() => {});
      throw new AttemptLeftError();
    };
    const handlers = new Map([["sample", { execute }]]);
    const [runId] = (await submit(1, [sampleOperation("a", { timeoutMs: 2_000_000 })])) as [RunId];
    const worker = startWorker({ engine, storage, clock, capacity: 2, handlersFor: () => Promise.resolve(handlers) });
    await clock.advance(100);
    const since = clock.now();
    stopping.abort();
    await clock.runUntil(worker.drain());
    expect(clock.now() - since).toBeLessThan(100);
    expect(await storage.leases.current(runScope(runId))).toBeUndefined();
    const state = await clock.runUntil(engine.executeNext(script));
    expect(state?.operations.get(id("a"))).toMatchObject({ status: "completed", attempt: 2 });
    await expectSound(runId);
  });

  test("that goes on waits for what was handed back until its time is over", async () => {
    const handlers = new Map([["sample", { execute: () => Promise.reject(new AttemptLeftError()) }]]);
    const [runId] = (await submit(1, [sampleOperation("a", { timeoutMs: 2_000, retry: ONCE })])) as [RunId];
    const state = await clock.runUntil(engine.execute(runId, { handlers }));
    expect(state.operations.get(id("a"))).toMatchObject({ status: "failed", error: { code: "TIMEOUT" } });
    await expectSound(runId);
  });

  test("that drains stops what does not end in time, and another one tries it again", async () => {
    const script = createScript(clock, (_, count) => (count === 0 ? { delayMs: 1_000_000 } : {}));
    const [runId] = (await submit(1, [sampleOperation("a", { timeoutMs: 2_000_000 })])) as [RunId];
    const worker = start(script);
    await clock.advance(100);
    const since = clock.now();
    await clock.runUntil(worker.drain());
    expect(clock.now() - since).toBe(10_000);
    expect(script.calls.map(({ result }) => result)).toEqual(["aborted"]);
    expect(await storage.leases.current(runScope(runId))).toBeUndefined();
    const state = await clock.runUntil(engine.executeNext(script));
    expect(state?.operations.get(id("a"))).toMatchObject({ status: "completed", attempt: 2 });
    await expectSound(runId);
  });

  test("takes over what a dead one left, when its lease is over", async () => {
    const script = slow();
    const [runId] = (await submit(1)) as [RunId];
    await storage.queue.claim("dead", 30_000);
    const worker = start(script);
    await clock.advance(29_000);
    expect(script.calls).toEqual([]);
    await clock.advance(2_000);
    expect((await engine.state(runId)).status).toBe("completed");
    await clock.runUntil(worker.drain());
  });
});
