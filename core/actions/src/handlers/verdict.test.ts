/** Whether an operation of a workflow failed in part or as a whole, carried out by the engine. */

import {
  DEFAULT_RETRY,
  infraName,
  networkAddress,
  newRunId,
  type OnFailure,
  type OperationDefinition,
  type OperationId,
  systemClock,
} from "@provisioning/model";
import { openStorage } from "@provisioning/storage";
import { createEngine, type OperationHandler } from "@provisioning/workflow";
import { expect, it } from "vitest";
import { nothingToUndo } from "./compensation.js";
import { judge } from "./verdict.js";

const infra = infraName("shop");
const make = (
  id: string,
  action: string,
  onFailure: OnFailure,
  dependsOn: OperationDefinition["dependsOn"] = [],
  input = {},
) => ({
  id: id as OperationId,
  title: id,
  action,
  address: networkAddress(infra),
  input,
  dependsOn,
  timeoutMs: 1_000,
  retry: { ...DEFAULT_RETRY, maxAttempts: 1 },
  onFailure,
});

async function statusAfter(failing: readonly string[]) {
  const storage = await openStorage({ type: "memory" });
  const members = [["a"], ["b"]];
  const waits = ["a", "b"].map((on) => ({ on: on as OperationId, type: "soft" as const }));
  const operations = [
    make("a", "item", "continue"),
    make("b", "item", "continue"),
    make("all", "batch.verdict", "rollback", waits, { operation: "x", fails: "all", members }),
    make("some", "batch.verdict", "fail", [...waits, { on: "all" as OperationId, type: "hard" }], {
      operation: "x",
      fails: "some",
      members,
    }),
  ];
  const item: OperationHandler = {
    execute: ({ operation }) => (failing.includes(operation.id) ? Promise.reject(new Error("broken")) : Promise.resolve(null)),
    ...nothingToUndo,
  };
  const engine = createEngine({ storage, clock: systemClock, random: () => 0.5, holder: "test" });
  const id = newRunId();
  await engine.submit({ id, name: "x", infra, operations, parallelLimit: 4, labels: {}, createdAt: 1 });
  const handlers = new Map([
    ["item", item],
    ["batch.verdict", { execute: judge, ...nothingToUndo } satisfies OperationHandler],
  ]);
  const { status } = await engine.execute(id, { handlers });
  await storage.close();
  return status;
}

it.each([
  [[], "completed"],
  [["a"], "failed"],
  [["a", "b"], "rolledBack"],
] as const)("when %j fail, the run is %s", async (failing, status) => {
  expect(await statusAfter(failing)).toBe(status);
});
