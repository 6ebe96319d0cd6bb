/** The points that a run can be rolled back to. */

import type { OperationId } from "@provisioning/model";
import { operationIdSchema } from "@provisioning/model/wire";
import { replay } from "@provisioning/workflow";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import { openWorkspaceSession } from "../session.js";
import { findRun } from "./find-run.js";

export interface CheckpointInfo {
  /** From 1. */
  readonly number: number;
  readonly at: string;
  /** Completed since the one before. */
  readonly completed: readonly { readonly id: OperationId; readonly title: string }[];
}

export interface ListCheckpointsInput {
  /** `last`: the newest. */
  readonly id: string;
}

/** @throws RunNotFoundError, ProvisioningError RUN_ID_INVALID, RUN_NONE */
export const listCheckpoints = defineAction<ListCheckpointsInput, readonly CheckpointInfo[]>({
  name: "run.checkpoints",
  cedar: { action: "listCheckpoints", resource: "Run" },
  effect: "read",
  summary: "Lists the checkpoints of a run, to which it can be rolled back.",
  input: z.strictObject({ id: z.string() }),
  output: z.array(
    z.strictObject({
      number: z.int(),
      at: z.iso.datetime(),
      completed: z.array(z.strictObject({ id: operationIdSchema, title: z.string() })),
    }),
  ),
  async run(context, { id }) {
    const session = await openWorkspaceSession(context);
    const storage = await session.openStore("read");
    try {
      const { events } = await storage.runs.load(await findRun(storage, id));
      const titles = new Map(replay(events).definition.operations.map((operation) => [operation.id, operation.title]));
      return events.flatMap((event) =>
        event.type === "checkpointReached"
          ? [
              {
                number: event.number,
                at: new Date(event.at).toISOString(),
                completed: event.completed.map((one) => ({ id: one, title: titles.get(one) ?? one })),
              },
            ]
          : [],
      );
    } finally {
      await storage.close();
    }
  },
});
