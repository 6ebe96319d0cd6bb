/** The runs of a workspace, as recorded. */

import { infraNameSchema, instantSchema, runIdSchema, runStatusSchema } from "@provisioning/model/wire";
import type { RunSummary } from "@provisioning/storage";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import { openWorkspaceSession } from "../session.js";

export interface ListRunsInput {
  readonly limit: number;
}

/** Of one answer. */
const MAX_RUNS = 1000;

const runSummarySchema: z.ZodMiniType<RunSummary> = z.strictObject({
  id: runIdSchema,
  name: z.string(),
  infra: infraNameSchema,
  status: runStatusSchema,
  labels: z.record(z.string(), z.string()),
  createdAt: instantSchema,
  updatedAt: instantSchema,
  version: z.int(),
  operations: z.int(),
  completed: z.int(),
  failed: z.int(),
});

export const listRuns = defineAction<ListRunsInput, readonly RunSummary[]>({
  name: "run.list",
  cedar: { action: "listRuns", resource: "Workspace" },
  effect: "read",
  summary: "Lists the runs of a workspace, newest first.",
  input: z.strictObject({ limit: z.int().check(z.minimum(1), z.maximum(MAX_RUNS)) }),
  output: z.array(runSummarySchema),
  async run(context, { limit }) {
    const session = await openWorkspaceSession(context);
    const storage = await session.openStore("read");
    try {
      return (await storage.runs.list({ limit })).runs;
    } finally {
      await storage.close();
    }
  },
});
