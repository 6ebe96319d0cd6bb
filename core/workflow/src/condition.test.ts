/** An operation that waits for a condition: not before it holds, not for ever, and without taking anybody's place. */

import type { DependencyType, Json, OperationDefinition, OperationId } from "@provisioning/model";
import { openMemoryStorage, type Storage } from "@provisioning/storage";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Conditions, type ConditionScope, createEngine, type EngineOptions, whyOperation } from "./index.js";
import { brokenInvariants, createFakeClock, createScript, type FakeClock, sampleOperation, sampleRun } from "./testing/index.js";

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

const id = (name: string) => name as OperationId;
const waits = (expression: string, timeoutMs = 60_000): Partial<OperationDefinition> => ({
  waitCondition: { expression, timeoutMs },
});

/** Expressions are names of functions here. */
function conditionsOf(
  meanings: Readonly<Record<string, (scope: ConditionScope) => boolean>>,
): Conditions & { readonly asked: () => number } {
  let asked = 0;
  return {
    asked: () => asked,
    check: (expression) => (expression in meanings ? undefined : "it is not known"),
    holds: async (expression, scope) => {
      asked += 1;
      return meanings[expression]?.(scope) ?? false;
    },
  };
}

async function run(
  operations: readonly OperationDefinition[],
  conditions: Conditions,
  outputs: Readonly<Record<string, Json>> = {},
) {
  const options: EngineOptions = { storage, clock, random: () => 0, holder: "worker-1", conditions };
  const engine = createEngine(options);
  const script = createScript(clock, ({ operation }) => ({ delayMs: 100, output: outputs[operation] ?? null }));
  const runId = await engine.submit(sampleRun({ operations, parallelLimit: 1 }));
  const since = clock.now();
  const running = engine.execute(runId, script);
  return { engine, runId, script, since, running };
}

test("it starts when the condition holds, and takes no place while it waits", async () => {
  const at = clock.now() + 5_000;
  const conditions = conditionsOf({ later: () => clock.now() >= at });
  const { running, script, runId, since, engine } = await run(
    [sampleOperation("a", waits("later")), sampleOperation("b")],
    conditions,
  );
  await clock.advance(1_000);
  expect(script.done).toEqual(["execute:b"]);
  const reason = whyOperation(await engine.state(runId), id("a"), { now: clock.now(), slots: [] });
  expect(reason).toEqual({ type: "waitsForCondition", expression: "later" });
  expect((await clock.runUntil(running)).status).toBe("completed");
  expect(clock.now() - since).toBe(5_100);
  expect(conditions.asked()).toBe(6);
});

test("it sees what other operations gave", async () => {
  const conditions = conditionsOf({
    ready: ({ outputs, run: { name } }) => outputs[id("a")] === "up" && name === "apply shop",
  });
  const dependsOn = [{ on: id("a"), type: "hard" as DependencyType }];
  const operations = [sampleOperation("a"), sampleOperation("b", { dependsOn, ...waits("ready") })];
  const { running, script } = await run(operations, conditions, { a: "up" });
  expect((await clock.runUntil(running)).status).toBe("completed");
  expect(script.done).toEqual(["execute:a", "execute:b"]);
});

test.each([
  ["never holds", () => false, "WAIT_TIMEOUT"],
  [
    "cannot be evaluated",
    () => {
      throw new Error("outputs.x is not there");
    },
    "CONDITION_FAILED",
  ],
])("one that %s fails its operation without starting it", async (_, meaning, code) => {
  const operations = [sampleOperation("a", { ...waits("it", 10_000), onFailure: "continue" }), sampleOperation("b")];
  const { running, script, runId } = await run(operations, conditionsOf({ it: meaning }));
  const state = await clock.runUntil(running);
  expect(state.operations.get(id("a"))).toMatchObject({ status: "failed", error: { code } });
  expect(script.done).toEqual(["execute:b"]);
  expect(brokenInvariants((await storage.runs.load(runId)).events)).toEqual([]);
});

test("one whose failure stops the run lets nothing start beside it", async () => {
  const operations = [
    sampleOperation("a", waits("broken")),
    sampleOperation("b", waits("broken")),
    sampleOperation("c", { dependsOn: [{ on: id("a"), type: "soft" as DependencyType }] }),
  ];
  const conditions = conditionsOf({
    broken: () => {
      throw new Error("outputs.x is not there");
    },
  });
  const { running, script, runId } = await run(operations, conditions);
  const state = await clock.runUntil(running);
  expect(Array.from(state.operations, ([, { status }]) => status)).toEqual(["failed", "skipped", "skipped"]);
  expect(script.done).toEqual([]);
  expect(brokenInvariants((await storage.runs.load(runId)).events)).toEqual([]);
});

test("a request that comes in just the moment in which a wait fails is heeded", async () => {
  let wasPaused = false;
  const { running, engine, runId } = await run([sampleOperation("a", waits("it", 10_000)), sampleOperation("b")], {
    check: () => undefined,
    async holds() {
      if (clock.now() - since < 10_000 || wasPaused) return false;
      wasPaused = true;
      await engine.pause(runId, "ada", "lunch");
      return false;
    },
  });
  const since = clock.now();
  expect((await clock.runUntil(running)).status).toBe("paused");
  await engine.resume(runId, "ada");
  const state = await clock.runUntil(engine.execute(runId, createScript(clock)));
  expect(brokenInvariants((await storage.runs.load(runId)).events)).toEqual([]);
  expect(state.status).toBe("failed");
});

test("a cancelled run does not go on waiting", async () => {
  const { running, engine, runId } = await run([sampleOperation("a", waits("it"))], conditionsOf({ it: () => false }));
  await clock.advance(500);
  await engine.cancel(runId, "ada", "wrong");
  expect((await clock.runUntil(running)).status).toBe("cancelled");
});

test("a bad expression is refused before anything is stored", async () => {
  const engine = createEngine({ storage, clock, random: () => 0, holder: "desk", conditions: conditionsOf({}) });
  const operations = [sampleOperation("a", waits("nonsense"))];
  await expect(engine.submit(sampleRun({ operations }))).rejects.toMatchObject({ code: "WORKFLOW_INVALID" });
  const deaf = createEngine({ storage, clock, random: () => 0, holder: "desk" });
  await expect(deaf.submit(sampleRun({ operations }))).rejects.toMatchObject({ code: "WORKFLOW_INVALID" });
});
