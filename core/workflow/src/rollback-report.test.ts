import type { Json, OperationId, RunDefinition } from "@provisioning/model";
import { openMemoryStorage } from "@provisioning/storage";
import { createFakeClock, sampleOperation, sampleRun } from "@provisioning/storage/testing";
import { beforeEach, describe, expect, test } from "vitest";
import {
  type CompensationContext,
  createEngine,
  type OperationContext,
  type OperationHandler,
  rollbackReport,
  type RunState,
} from "./index.js";

/** A world of numbered things; `make` makes the one that bears the name of the operation. */
let world: Map<string, Json>;
let clock: ReturnType<typeof createFakeClock>;
let storage: ReturnType<typeof openMemoryStorage>;
let calls: string[];
beforeEach(() => {
  world = new Map();
  clock = createFakeClock();
  storage = openMemoryStorage({ clock });
  calls = [];
});

const nameOf = ({ operation }: OperationContext): string => operation.id;
const make = {
  inspect: async (context: OperationContext) => ({ there: world.get(nameOf(context)) ?? null }),
  execute: async (context: OperationContext): Promise<Json> => {
    calls.push(`execute ${context.idempotencyKey.split("/").slice(1).join("/")}`);
    world.set(nameOf(context), { by: context.run.name, disks: [1, 2] });
    return null;
  },
  compensate: async (context: CompensationContext) => {
    calls.push(`undo ${context.idempotencyKey.split("/").slice(1).join("/")} of ${JSON.stringify(context.output)}`);
    world.delete(nameOf(context));
  },
} satisfies OperationHandler;
const fail = async (context: OperationContext): Promise<Json> => {
  await make.execute(context);
  throw new Error("no");
};

async function rolledBack(
  last: OperationHandler,
  first: OperationHandler = make,
  also: Partial<RunDefinition> = {},
): Promise<RunState> {
  const engine = createEngine({ storage, clock, random: () => 0, holder: "worker" });
  const operation = (id: string, action: string, on: readonly string[]) =>
    sampleOperation(id, {
      action,
      dependsOn: on.map((name) => ({ on: name as OperationId, type: "hard" as const })),
      onFailure: "rollback",
      retry: { maxAttempts: 1, backoff: "linear", initialDelayMs: 1, maxDelayMs: 1 },
    });
  const runId = await engine.submit(
    sampleRun({ operations: [operation("a", "first", []), operation("b", "last", ["a"])], ...also }),
  );
  const handlers = new Map([
    ["first", first],
    ["last", last],
  ]);
  return clock.runUntil(engine.execute(runId, { handlers }));
}

describe("a rollback", () => {
  test("proves that everything is as it was, and undoes halves of what says that it can", async () => {
    const state = await rolledBack({ ...make, execute: fail, undoesHalves: true });
    expect(calls).toEqual(["execute a", "execute b", "undo b of null", "undo a of null"]);
    expect([...world]).toEqual([]);
    expect(rollbackReport(state)).toEqual({
      number: 1,
      isProven: true,
      operations: [
        { type: "equal", operation: "a" },
        { type: "equal", operation: "b" },
      ],
    });
  });

  test("names what differs, with what was there and what is", async () => {
    world.set("a", { by: "somebody", disks: [1] });
    const put = async (context: CompensationContext) => {
      world.set(nameOf(context), { disks: [3], size: 1 });
    };
    const state = await rolledBack({ ...make, execute: fail, undoesHalves: true }, { ...make, compensate: put });
    expect(rollbackReport(state)).toMatchObject({
      isProven: false,
      operations: [
        {
          type: "differs",
          operation: "a",
          differences: [
            { path: ["there", "by"], before: "somebody" },
            { path: ["there", "disks", 0], before: 1, after: 3 },
            { path: ["there", "size"], after: 1 },
          ],
        },
        { type: "equal", operation: "b" },
      ],
    });
  });

  test("does not claim more than it knows", async () => {
    const { inspect: _, ...blind } = make;
    const state = await rolledBack({ ...make, execute: fail }, blind);
    expect(rollbackReport(state)).toEqual({
      number: 1,
      isProven: false,
      operations: [
        { type: "unverified", operation: "a" },
        { type: "half", operation: "b" },
      ],
    });
    expect([...world.keys()]).toEqual(["b"]);
  });

  test("what is made again after it is made under another key", async () => {
    let isBroken = true;
    const last = {
      ...make,
      undoesHalves: true,
      execute: (context: OperationContext) => (isBroken ? fail : make.execute)(context),
    };
    const state = await rolledBack(last);
    isBroken = false;
    calls = [];
    const engine = createEngine({ storage, clock, random: () => 0, holder: "worker" });
    const { id } = state.definition;
    await engine.retry(id, "ada");
    const handlers = new Map([
      ["first", make],
      ["last", last],
    ]);
    await clock.runUntil(engine.execute(id, { handlers }));
    expect(calls).toEqual(["execute a/1", "execute b/1"]);
    await clock.runUntil(engine.rollback(id, { handlers, by: "ada" }));
    expect(calls.slice(2)).toEqual(["undo b/1 of null", "undo a/1 of null"]);
    expect([...world]).toEqual([]);
  });

  test("keeps what completed when the definition says so, and undoes the rest", async () => {
    const state = await rolledBack({ ...make, execute: fail, undoesHalves: true }, make, { preserveSuccessful: true });
    expect([...world.keys()]).toEqual(["a"]);
    expect(rollbackReport(state)).toEqual({ number: 1, isProven: true, operations: [{ type: "equal", operation: "b" }] });
    expect(state.operations.get("a" as OperationId).status).toBe("completed");
  });

  test("what was there is stored before anything is done", async () => {
    const state = await rolledBack({ ...make, execute: fail, undoesHalves: true });
    const { events } = await storage.runs.load(state.definition.id);
    const ofA = events.filter((event) => "operation" in event && event.operation === "a").map(({ type }) => type);
    expect(ofA).toEqual([
      "operationStarted",
      "operationInspected",
      "operationCompleted",
      "compensationStarted",
      "compensationCompleted",
    ]);
  });
});
