import type { OperationId, RunEvent } from "@provisioning/model";
import fc from "fast-check";
import { expect, test } from "vitest";
import { IllegalTransitionError, next, replay, type RunState } from "./index.js";
import { sampleOperation, sampleRun } from "./testing/index.js";

const a = "a" as OperationId;
const definition = sampleRun({ operations: [sampleOperation("a"), sampleOperation("b")] });
const error = { code: "X", message: "x", retry: "now" } as const;
const submitted: RunEvent = { type: "runSubmitted", at: 0, definition };
const claimed: RunEvent = { type: "runClaimed", at: 0, holder: "w", token: 1 };
const started: RunEvent = { type: "operationStarted", at: 0, operation: a, attempt: 1, token: 1 };
const completed: RunEvent = { type: "operationCompleted", at: 0, operation: a, attempt: 1, output: 1 };
const failed: RunEvent = { type: "operationFailed", at: 0, operation: a, attempt: 1, error };
const ended: RunEvent = { type: "runEnded", at: 0, status: "completed" };
const rollback: RunEvent = { type: "rollbackStarted", at: 0, by: "ada" };
const compensation: RunEvent = { type: "compensationStarted", at: 0, operation: a, token: 1 };

test.each<[string, readonly RunEvent[], RunEvent]>([
  ["a second submission", [submitted], submitted],
  ["work before a claim", [submitted], started],
  ["a claim under an old token", [submitted, claimed], claimed],
  ["a start of what runs, under the same token", [submitted, claimed, started], { ...started, attempt: 2 }],
  ["a start with a wrong attempt number", [submitted, claimed], { ...started, attempt: 2 }],
  ["a result of what was not started", [submitted, claimed], completed],
  ["a result of another attempt", [submitted, claimed, started], { ...completed, attempt: 2 }],
  ["a second result", [submitted, claimed, started, completed], completed],
  ["a failure of what is completed", [submitted, claimed, started, completed], failed],
  ["a start of what is completed", [submitted, claimed, started, completed], { ...started, attempt: 2, token: 2 }],
  ["an end while something runs", [submitted, claimed, started], ended],
  ["a rollback while something runs", [submitted, claimed, started], rollback],
  ["work after the end", [submitted, claimed, ended], started],
  ["a second end", [submitted, claimed, ended], ended],
  ["rolled back without a rollback", [submitted, claimed], { ...ended, status: "rolledBack" }],
  ["completed after a rollback", [submitted, claimed, ended, rollback], ended],
  ["a compensation outside of a rollback", [submitted, claimed, started, completed], compensation],
  ["a compensation of what was not done", [submitted, claimed, ended, rollback], compensation],
  ["a checkpoint that skips a number", [submitted, claimed], { type: "checkpointReached", at: 0, number: 2, completed: [] }],
  ["a checkpoint of more than was done", [submitted, claimed], { type: "checkpointReached", at: 0, number: 1, completed: [a] }],
  ["a rollback to no checkpoint", [submitted, claimed, ended], { ...rollback, toCheckpoint: 1 }],
])("refuses %s", (_, before, event) => {
  expect(() => next(replay(before), event)).toThrow(IllegalTransitionError);
});

test("refuses a history that does not begin with a submission", () => {
  expect(() => replay([])).toThrow(IllegalTransitionError);
  expect(() => next(undefined, claimed)).toThrow(IllegalTransitionError);
});

test("what a crash interrupted is started again under a newer token, and that does not count as a failure", () => {
  const state = replay([submitted, claimed, started, { ...claimed, token: 2 }, { ...started, attempt: 2, token: 2 }]);
  expect(state.operations.get(a)).toMatchObject({ status: "running", attempt: 2, failures: 0, startedAt: 0, token: 2 });
});

test("changes nothing in the state it was given", () => {
  const before = replay([submitted, claimed]);
  next(before, started);
  expect(before.operations.get(a)).toEqual({ status: "pending" });
  expect(before.counts).toMatchObject({ pending: 2, running: 0 });
});

const operation = fc.constantFrom("a", "b").map((id) => id as OperationId);
const small = fc.integer({ min: 1, max: 3 });
const anyEvent: fc.Arbitrary<RunEvent> = fc.oneof(
  small.map((token): RunEvent => ({ type: "runClaimed", at: 0, holder: "w", token })),
  fc
    .tuple(operation, small, small)
    .map(([id, attempt, token]): RunEvent => ({ type: "operationStarted", at: 0, operation: id, attempt, token })),
  fc
    .tuple(operation, small)
    .map(([id, attempt]): RunEvent => ({ type: "operationCompleted", at: 0, operation: id, attempt, output: null })),
  fc.tuple(operation, small, fc.boolean()).map(
    ([id, attempt, again]): RunEvent => ({
      type: "operationFailed",
      at: 0,
      operation: id,
      attempt,
      error,
      ...(again ? { retryAt: 1 } : {}),
    }),
  ),
  operation.map((id): RunEvent => ({ type: "operationSkipped", at: 0, operation: id, because: id })),
  operation.map((id): RunEvent => ({ type: "operationCancelled", at: 0, operation: id })),
  fc.constant<RunEvent>(rollback),
  fc.tuple(operation, small).map(([id, token]): RunEvent => ({ type: "compensationStarted", at: 0, operation: id, token })),
  operation.map((id): RunEvent => ({ type: "compensationCompleted", at: 0, operation: id })),
  operation.map((id): RunEvent => ({ type: "compensationFailed", at: 0, operation: id, error })),
  fc.constant<RunEvent>({ type: "cancelRequested", at: 0, by: "ada", reason: "", mode: "drain" }),
  fc
    .constantFrom("completed", "failed", "cancelled", "rolledBack")
    .map((status): RunEvent => ({ type: "runEnded", at: 0, status })),
);

test("answers every event in every state with a state or a refusal, and counts right", () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 40 }), (events) => {
      let state: RunState = replay([submitted, claimed]);
      for (const event of events) {
        try {
          state = next(state, event);
        } catch (caught) {
          expect(caught).toBeInstanceOf(IllegalTransitionError);
        }
        const counted: Record<string, number> = {};
        for (const [, { status }] of state.operations) counted[status] = (counted[status] ?? 0) + 1;
        expect(Object.fromEntries(Object.entries(state.counts).filter(([, count]) => count > 0))).toEqual(counted);
      }
    }),
    { numRuns: 500 },
  );
});
