/** The runs of a workspace, as recorded. */

import { infraNameSchema, instantSchema, runIdSchema, runStatusSchema } from "@provisioning/model/wire";
import type { RunSummary, Storage } from "@provisioning/storage";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import { openWorkspaceSession } from "../session.js";

export interface ListRunsInput {
  readonly limit: number;
  /** Only runs of this purpose: `apply`, `destroy`, `batch`. */
  readonly purpose?: string;
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
  priority: z.exactOptional(z.int()),
  notBefore: z.exactOptional(instantSchema),
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
  input: z.strictObject({ limit: z.int().check(z.minimum(1), z.maximum(MAX_RUNS)), purpose: z.exactOptional(z.string()) }),
  output: z.array(runSummarySchema),
  async run(context, { limit, purpose }) {
    const session = await openWorkspaceSession(context);
    const storage = await session.openStore("read");
    try {
      return purpose === undefined ? (await storage.runs.list({ limit })).runs : await ofPurpose(storage, purpose, limit);
    } finally {
      await storage.close();
    }
  },
});

/** Page by page, until there are enough. */
async function ofPurpose(storage: Storage, purpose: string, limit: number): Promise<readonly RunSummary[]> {
  const found: RunSummary[] = [];
  let cursor: string | undefined;
  do {
    const page = await storage.runs.list(cursor === undefined ? {} : { cursor });
    found.push(...page.runs.filter(({ labels }) => labels.purpose === purpose));
    cursor = page.next;
  } while (cursor !== undefined && found.length < limit);
  return found.slice(0, limit);
}
