/** Every state of a run and of an operation has a reason, and it names what to look at. */

import type { DependencyType, OperationDefinition, OperationId, RunEvent } from "@provisioning/model";
import { describe, expect, test } from "vitest";
import { replay, type SlotView, whyOperation, whyRun } from "./index.js";
import { sampleOperation, sampleRun } from "./testing/index.js";

const id = (name: string) => name as OperationId;
const needs = (...names: string[]) => names.map((name) => ({ on: id(name), type: "hard" as DependencyType }));
const error = { code: "BROKEN", message: "It broke.", retry: "never" } as const;
const cloud = [{ name: "provider/cloud", capacity: 1 }];
const operations: readonly OperationDefinition[] = [
  sampleOperation("a"),
  sampleOperation("b", { dependsOn: needs("a") }),
  sampleOperation("c", { dependsOn: needs("b") }),
  sampleOperation("d", { slots: cloud }),
];
const definition = sampleRun({ operations, parallelLimit: 2 });

const submitted: RunEvent = { type: "runSubmitted", at: 0, definition };
const claimed: RunEvent = { type: "runClaimed", at: 1, holder: "worker-1", token: 1 };
const started = (name: string): RunEvent => ({ type: "operationStarted", at: 2, operation: id(name), attempt: 1, token: 1 });
const completed = (name: string): RunEvent => ({
  type: "operationCompleted",
  at: 3,
  operation: id(name),
  attempt: 1,
  output: null,
});
const failed = (name: string): RunEvent => ({ type: "operationFailed", at: 3, operation: id(name), attempt: 1, error });
const skipped = (name: string, because: string): RunEvent => ({
  type: "operationSkipped",
  at: 3,
  operation: id(name),
  because: id(because),
});

const state = (...events: readonly RunEvent[]) => replay([submitted, ...events]);
const run = (...events: readonly RunEvent[]) => whyRun(state(...events), { now: 10 });
const operation = (name: string, events: readonly RunEvent[], slots: readonly SlotView[] = []) =>
  whyOperation(state(...events), id(name), { now: 10, slots });

describe("why a run", () => {
  test("waits, works, is paused, cancelled or over", () => {
    expect(run()).toEqual({ type: "waitsForWorker", isDue: true });
    const later = replay([{ ...submitted, definition: { ...definition, notBefore: 99 } }]);
    expect(whyRun(later, { now: 10 })).toEqual({ type: "waitsForWorker", isDue: false, notBefore: 99 });
    expect(run(claimed)).toEqual({ type: "worked", holder: "worker-1", since: 1 });
    const pause: RunEvent = { type: "pauseRequested", at: 4, by: "ada", reason: "lunch" };
    expect(run(claimed, pause)).toMatchObject({ type: "pausing", by: "ada", reason: "lunch" });
    expect(run(claimed, pause, { type: "runPaused", at: 5 })).toMatchObject({ type: "paused", by: "ada" });
    const cancel: RunEvent = { type: "cancelRequested", at: 4, by: "ada", reason: "wrong", mode: "abort" };
    expect(run(claimed, cancel)).toMatchObject({ type: "cancelled", by: "ada", reason: "wrong" });
    const broken = [claimed, started("a"), failed("a"), skipped("b", "a"), skipped("c", "a"), skipped("d", "a")];
    expect(run(...broken, { type: "runEnded", at: 4, status: "failed" })).toEqual({ type: "failed", operations: ["a"] });
    expect(run(...broken, { type: "rollbackStarted", at: 4, because: id("a") })).toEqual({
      type: "rollsBack",
      because: "a",
      toCheckpoint: false,
    });
  });
});

describe("why an operation", () => {
  test("waits for others, with what they are doing", () => {
    expect(operation("b", [claimed, started("a")])).toEqual({
      type: "waitsForOperations",
      operations: [{ operation: "a", type: "hard", status: "running" }],
    });
  });

  test("waits although nothing it needs is left", () => {
    expect(operation("a", [])).toEqual({ type: "waitsForRun", run: { type: "waitsForWorker", isDue: true } });
    const full = [claimed, started("a"), completed("a"), started("b"), started("d")];
    const more = replay([
      { ...submitted, definition: { ...definition, operations: [...operations, sampleOperation("e")] } },
      ...full,
    ]);
    expect(whyOperation(more, id("e"), { now: 10, slots: [] })).toEqual({ type: "waitsForPlace", limit: 2, running: ["b", "d"] });
    const holders = [{ runId: definition.id, operation: id("x"), since: 1 }];
    expect(operation("d", [claimed], [{ name: "provider/cloud", capacity: 1, holders }])).toEqual({
      type: "waitsForSlot",
      slot: "provider/cloud",
      holders,
    });
  });

  test("runs, is tried again, came to its end", () => {
    expect(operation("a", [claimed, started("a")])).toEqual({ type: "runs", attempt: 1, since: 2, holder: "worker-1" });
    const again: RunEvent = { type: "operationFailed", at: 3, operation: id("a"), attempt: 1, error, retryAt: 20 };
    expect(operation("a", [claimed, started("a"), again])).toEqual({ type: "retries", at: 20, attempt: 1, error });
    expect(operation("a", [claimed, started("a"), completed("a")])).toEqual({ type: "completed", at: 3, attempt: 1 });
    expect(operation("a", [claimed, started("a"), failed("a")])).toEqual({ type: "failed", at: 3, attempt: 1, error });
    expect(operation("a", [{ type: "operationPassed", at: 4, operation: id("a"), by: "ada" }])).toEqual({
      type: "passed",
      by: "ada",
      at: 4,
    });
  });

  test("was skipped: because it needs what failed, or because the run stopped", () => {
    const events = [claimed, started("a"), failed("a"), skipped("b", "a"), skipped("c", "a"), skipped("d", "a")];
    expect(operation("c", events)).toEqual({ type: "skipped", because: "a", isNeeded: true, error });
    expect(operation("d", events)).toEqual({ type: "skipped", because: "a", isNeeded: false, error });
  });

  test("was cancelled, is undone, was undone, was not undone", () => {
    const cancelled: RunEvent = { type: "operationCancelled", at: 5, operation: id("a") };
    const asked: RunEvent = { type: "cancelRequested", at: 4, by: "ada", reason: "wrong", mode: "abort" };
    expect(operation("a", [claimed, asked, cancelled])).toEqual({
      type: "cancelled",
      by: "ada",
      reason: "wrong",
      wasStarted: false,
    });
    const back: readonly RunEvent[] = [
      claimed,
      started("a"),
      completed("a"),
      started("b"),
      failed("b"),
      skipped("c", "b"),
      skipped("d", "b"),
      { type: "rollbackStarted", at: 5, because: id("b") },
      { type: "compensationStarted", at: 6, operation: id("a"), token: 1 },
    ];
    expect(operation("a", back)).toEqual({ type: "isUndone", because: "b" });
    expect(operation("a", [...back, { type: "compensationCompleted", at: 7, operation: id("a") }])).toEqual({
      type: "wasUndone",
      because: "b",
    });
    expect(operation("a", [...back, { type: "compensationFailed", at: 7, operation: id("a"), error }])).toEqual({
      type: "notUndone",
      error,
    });
  });
});
