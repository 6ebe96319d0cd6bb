import { DEFAULT_RETRY, type OperationId, type RetryPolicy } from "@provisioning/model";
import fc from "fast-check";
import { expect, test } from "vitest";
import { buildGraph } from "./graph.js";
import { findProblems, next, replay } from "./index.js";
import { Readiness } from "./ready.js";
import { retryAt } from "./retry.js";
import { sampleOperation, sampleRun } from "./testing/index.js";
import { Vector } from "./vector.js";

const needs = (...names: string[]) => names.map((on) => ({ on: on as OperationId, type: "hard" as const }));

test("a vector does what an array does and leaves its older self alone", () => {
  const command = fc.oneof(fc.record({ push: fc.integer() }), fc.record({ at: fc.nat(), set: fc.integer() }));
  fc.assert(
    fc.property(fc.array(fc.integer(), { maxLength: 1100 }), fc.array(command, { maxLength: 100 }), (initial, commands) => {
      let model = initial;
      let vector = Vector.of(initial);
      for (const step of commands) {
        const before = vector;
        const expected = [...model];
        if ("push" in step) {
          model = [...model, step.push];
          vector = vector.push(step.push);
        } else if (model.length > 0) {
          model = model.with(step.at % model.length, step.set);
          vector = vector.with(step.at % expected.length, step.set);
        }
        expect([...before]).toEqual(expected);
      }
      expect([...vector]).toEqual(model);
      expect(vector.size).toBe(model.length);
      expect(vector.at(model.length)).toBeUndefined();
    }),
    { numRuns: 50 },
  );
});

test("a vector grows level by level", () => {
  let vector = Vector.of<number>([]);
  for (let index = 0; index < 40_000; index += 1) vector = vector.push(index);
  expect([0, 31, 32, 1023, 1024, 32_767, 32_768, 39_999].map((index) => vector.at(index))).toEqual([
    0, 31, 32, 1023, 1024, 32_767, 32_768, 39_999,
  ]);
});

const policy: RetryPolicy = { maxAttempts: 5, backoff: "exponential", initialDelayMs: 100, maxDelayMs: 500 };
const again = { code: "X", message: "x", retry: "now" } as const;

test.each([
  ["exponential", [100, 200, 400, 500, undefined]],
  ["linear", [100, 200, 300, 400, undefined]],
] as const)("retries grow %s up to the longest delay", (backoff, delays) => {
  expect([1, 2, 3, 4, 5].map((failures) => retryAt({ ...policy, backoff }, failures, again, 0, 0.999_999))).toEqual(delays);
});

test("retries are spread over the upper half of the delay", () => {
  expect(retryAt(policy, 1, again, 1000, 0)).toBe(1050);
  expect(retryAt(DEFAULT_RETRY, 1, { ...again, retry: "later" }, 0, 0)).toBeUndefined();
});

test.each<[string, Parameters<typeof sampleRun>[0], readonly string[]]>([
  ["nothing", { operations: [sampleOperation("a"), sampleOperation("b", { dependsOn: needs("a") })] }, []],
  [
    "a cycle with its path",
    {
      operations: [
        sampleOperation("x", { dependsOn: needs("c") }),
        sampleOperation("a", { dependsOn: needs("c") }),
        sampleOperation("b", { dependsOn: needs("a") }),
        sampleOperation("c", { dependsOn: needs("b") }),
        sampleOperation("free"),
      ],
    },
    ["the dependencies form a cycle: a → b → c → a"],
  ],
  [
    "an operation that needs itself",
    { operations: [sampleOperation("a", { dependsOn: needs("a") })] },
    ["the dependencies form a cycle: a → a"],
  ],
  [
    "all problems at once",
    {
      parallelLimit: 0,
      operations: [
        sampleOperation("a", { dependsOn: needs("ghost"), timeoutMs: 0 }),
        sampleOperation("a", { retry: { ...DEFAULT_RETRY, maxAttempts: 0 } }),
        sampleOperation("b", { dependsOn: [{ on: "ghost" as OperationId, type: "optional" }] }),
      ],
    },
    [
      "the parallel limit 0 is not a whole number from 1",
      "the id a is used twice",
      "a depends on ghost, which is not there",
      "a has a timeout of 0 ms",
      "a may be tried 0 times",
    ],
  ],
])("finds %s in a definition", (_, changes, expected) => {
  const found = findProblems(sampleRun(changes));
  // A cycle may be told from any of its operations.
  const rotations = (text: string) =>
    text.replace(/: (.*)$/, (_all, path: string) => `: ${path.split(" → ").slice(1).sort().join(" ")}`);
  expect(found.map(rotations)).toEqual(expected.map(rotations));
});

test("a path of a cycle follows the dependencies", () => {
  const operations = ["a", "b", "c"].map((id, index, all) =>
    sampleOperation(id, { dependsOn: needs(all[(index + 2) % 3] as string) }),
  );
  const [problem] = findProblems(sampleRun({ operations }));
  expect(["a → c → b → a", "c → b → a → c", "b → a → c → b"]).toContain(problem?.split(": ")[1]);
});

test("what was parked for a lane comes when the one before it in the queue was given up", () => {
  const operations = ["a", "b", "c"].map((id) => sampleOperation(id, { lane: "x" }));
  const definition = sampleRun({ operations });
  const ready = new Readiness(buildGraph(definition), replay([{ type: "runSubmitted", at: 0, definition }]));
  expect(ready.take(0)).toEqual([0]);
  ready.settle(1);
  ready.settle(0);
  expect(ready.take(0)).toEqual([2]);
  ready.giveBack(2);
  expect(ready.take(0)).toEqual([2]);
  ready.postpone(2, 10);
  expect(ready.take(9)).toEqual([]);
  expect(ready.wakeAt()).toBe(10);
  expect(ready.take(10)).toEqual([2]);
  ready.settle(2);
  expect(ready.isDone).toBe(true);
});

test("what a crash interrupted is found again whatever else could start", () => {
  const status = fc.constantFrom("completed", "running", "pending");
  const anyOperation = fc.record({ wanted: status, needed: fc.uniqueArray(fc.nat(30), { maxLength: 3 }) });
  fc.assert(
    fc.property(fc.array(anyOperation, { minLength: 1, maxLength: 30 }), (specs) => {
      const operations = specs.map(({ needed }, index) =>
        sampleOperation(`op-${index}`, { dependsOn: needs(...needed.filter((on) => on < index).map((on) => `op-${on}`)) }),
      );
      const definition = sampleRun({ operations, parallelLimit: 100 });
      let state = next(undefined, { type: "runSubmitted", at: 0, definition });
      state = next(state, { type: "runClaimed", at: 0, holder: "w", token: 1 });
      const interrupted: number[] = [];
      operations.forEach(({ id: operation, dependsOn }, index) => {
        const mayStart = dependsOn.every(({ on }) => state.operations.get(on).status === "completed");
        if (!mayStart || specs[index]?.wanted === "pending") return;
        state = next(state, { type: "operationStarted", at: 0, operation, attempt: 1, token: 1 });
        if (specs[index]?.wanted === "running") interrupted.push(index);
        else state = next(state, { type: "operationCompleted", at: 0, operation, attempt: 1, output: null });
      });
      const ready = new Readiness(buildGraph(definition), state);
      expect([...ready.take(0, true)].sort((left, right) => left - right)).toEqual(interrupted);
      const others = [...operations.keys()].filter((index) => {
        const isFree = operations[index]?.dependsOn.every(({ on }) => state.operations.get(on).status === "completed");
        return isFree === true && state.operations.at(index).status === "pending";
      });
      expect([...ready.take(0)].sort((left, right) => left - right)).toEqual(others);
    }),
    { numRuns: 1000 },
  );
});
