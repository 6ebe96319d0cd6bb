/** Limits that several runs share: never more than the limit, never a place that stays empty while somebody waits. */

import type { OperationId, RunId, SlotNeed } from "@provisioning/model";
import { openMemoryStorage, type Storage } from "@provisioning/storage";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createEngine, SlotPool } from "./index.js";
import { createFakeClock, createScript, type FakeClock, sampleOperation, sampleRun } from "./testing/index.js";

let clock: FakeClock;
let storage: Storage;
beforeEach(() => {
  clock = createFakeClock();
  storage = openMemoryStorage({ clock });
});
afterEach(async () => {
  expect(clock.sleepers, "sleepers left behind").toBe(0);
  await storage.close();
});

const operations = (count: number, slots: readonly SlotNeed[], lane?: (index: number) => string) =>
  Array.from({ length: count }, (_, index) =>
    sampleOperation(`op-${index}`, { slots, ...(lane === undefined ? {} : { lane: lane(index) }) }),
  );

/** Runs all at once on one engine; how many handlers ran at most, and when each began. */
async function together(runs: readonly ReturnType<typeof operations>[], delayMs: number) {
  let running = 0;
  let most = 0;
  const starts: number[] = [];
  const script = createScript(clock, () => {
    starts.push(clock.now());
    most = Math.max(most, ++running);
    return { delayMs };
  });
  const handlers = new Map(
    [...script.handlers].map(([name, handler]) => [
      name,
      { execute: (context: Parameters<typeof handler.execute>[0]) => handler.execute(context).finally(() => (running -= 1)) },
    ]),
  );
  const engine = createEngine({ storage, clock, random: () => 0, holder: "worker-1" });
  const since = clock.now();
  const executions = [];
  for (const list of runs) {
    const runId = await engine.submit(sampleRun({ operations: list, parallelLimit: 100 }));
    executions.push(engine.execute(runId, { handlers }));
  }
  const states = await clock.runUntil(Promise.all(executions));
  expect(states.map(({ status }) => status)).toEqual(runs.map(() => "completed"));
  expect(engine.slots()).toEqual([]);
  return { most, starts, tookMs: clock.now() - since };
}

describe("slots", () => {
  test("let no more operations of all runs together work than they have places, and no fewer", async () => {
    const need = [{ name: "provider/cloud", capacity: 5 }];
    const { most, tookMs } = await together([operations(10, need), operations(10, need), operations(10, need)], 100);
    expect(most).toBe(5);
    expect(tookMs).toBe(600);
  });

  test("let no more start within a second than their rate", async () => {
    const { starts } = await together(
      [operations(12, [{ name: "api", perSecond: 5 }]), operations(12, [{ name: "api", perSecond: 5 }])],
      10,
    );
    expect(starts).toHaveLength(24);
    for (const at of starts) expect(starts.filter((other) => other >= at && other < at + 1000).length).toBeLessThanOrEqual(5);
    expect(Math.max(...starts) - Math.min(...starts)).toBeLessThanOrEqual(4_000);
  });

  test("go together with lanes: both limits hold, and nobody waits for a place that is free", async () => {
    const need = [{ name: "provider/cloud", capacity: 3 }];
    const { most, tookMs } = await together([operations(12, need, (index) => `server-${index % 6}`)], 100);
    expect(most).toBe(3);
    expect(tookMs).toBe(400);
  });

  test("a lane is one server's, also for another run", async () => {
    const { most, tookMs } = await together([operations(2, [], () => "db"), operations(2, [], () => "db")], 100);
    expect(most).toBe(1);
    expect(tookMs).toBe(400);
  });

  test("tell who holds them", async () => {
    const engine = createEngine({ storage, clock, random: () => 0, holder: "worker-1" });
    const script = createScript(clock, () => ({ delayMs: 100 }));
    const [first] = operations(1, [{ name: "api", capacity: 2 }], () => "db");
    const runId = await engine.submit(sampleRun({ operations: [first!] }));
    const running = engine.execute(runId, script);
    await clock.advance(50);
    const holders = [{ runId, operation: "op-0", since: clock.now() - 50 }];
    expect(engine.slots()).toEqual([
      { name: "api", capacity: 2, holders },
      { name: "lane/shop/db", capacity: 1, holders },
    ]);
    await clock.runUntil(running);
  });

  test("are given back by a run that was stopped", async () => {
    const pool = new SlotPool();
    const engine = createEngine({ storage, clock, random: () => 0, holder: "worker-1", slots: pool });
    const stop = new AbortController();
    const runId = await engine.submit(sampleRun({ operations: operations(3, [{ name: "api", capacity: 2 }]) }));
    const running = engine.execute(runId, { ...createScript(clock, () => ({ hang: true })), signal: stop.signal });
    await clock.advance(10);
    expect(pool.views()[0]?.holders).toHaveLength(2);
    stop.abort();
    await clock.runUntil(running);
    expect(pool.views()).toEqual([]);
  });

  test("stay with who works on a run when who did before finds out that it lost it, in the same process", () => {
    const pool = new SlotPool();
    const needs = [{ name: "api", capacity: 2 }];
    const runId = "run" as RunId;
    const operation = "a" as OperationId;
    expect(pool.take(needs, { runId, operation, token: 1, since: 0 }).type).toBe("taken");
    expect(pool.take(needs, { runId, operation, token: 2, since: 0 }).type).toBe("taken");
    pool.giveBackAll(runId, 1);
    expect(pool.views()[0]?.holders).toHaveLength(1);
    pool.giveBackAll(runId, 2);
    expect(pool.views()).toEqual([]);
  });

  test("never give out more places than there are, whatever is taken and given back", () => {
    const step = fc.record({ take: fc.boolean(), who: fc.nat(8), slots: fc.subarray(["a", "b", "c"], { minLength: 1 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const pool = new SlotPool();
        const held = new Map<number, readonly SlotNeed[]>();
        const runId = "run" as RunId;
        for (const { take, who, slots } of steps) {
          const operation = String(who) as OperationId;
          const needs = slots.map((name) => ({ name, capacity: 2 }));
          if (take && !held.has(who)) {
            const isFree = needs.every(
              ({ name }) => [...held.values()].filter((others) => others.some((o) => o.name === name)).length < 2,
            );
            expect(pool.take(needs, { runId, operation, since: 0 }).type).toBe(isFree ? "taken" : "busy");
            if (isFree) held.set(who, needs);
          } else if (!take) {
            pool.giveBack(held.get(who) ?? [], { runId, operation });
            held.delete(who);
          }
        }
      }),
    );
  });
});
