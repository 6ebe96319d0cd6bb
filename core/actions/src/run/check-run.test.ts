import type { OperationDefinition, RunDefinition } from "@provisioning/model";
import type { Handlers } from "@provisioning/workflow";
import { describe, expect, it } from "vitest";
import { createHandlers } from "../handlers/handlers.js";
import { taskHandlers } from "../tasks/task-handlers.js";
import { rehearsalHandlers } from "./check-run.js";

describe("the rehearsal of a rollback", () => {
  it("undoes what the real handlers undo, and leaves what they leave", () => {
    // Handlers look at what they are given when they act, not before.
    const nothing = {} as never;
    const real = new Map([
      ...createHandlers(nothing),
      ...taskHandlers(nothing)({ operations: [{ onFailure: "rollback" }] } as never),
    ]);
    const operations = [...real.keys()].map((action) => ({ action }) as OperationDefinition);
    const rehearsal = rehearsalHandlers({ operations } as unknown as RunDefinition);
    const promises = (handlers: Handlers) =>
      [...handlers].map(([action, handler]) => [action, "compensate" in handler, handler.undoesHalves === true]);
    expect(promises(rehearsal)).toEqual(promises(real));
  });

  it("refuses to undo what was there before, as they do", async () => {
    const operations = ["network.reconcile", "server.reconcile", "taskserv.install"].map((action) => ({ action }));
    for (const handler of rehearsalHandlers({ operations } as unknown as RunDefinition).values()) {
      const operation = { title: "update", address: "server.web-01", input: { change: "update" } };
      await expect(handler.compensate?.({ operation } as never)).rejects.toMatchObject({ code: "CHANGE_NOT_UNDONE" });
    }
  });
});
