/** The runs of a workspace, as recorded. */

import { infraNameSchema, instantSchema, runIdSchema, runStatusSchema } from "@provisioning/model/wire";
import type { RunSummary, Storage } from "@provisioning/storage";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import { openWorkspaceSession } from "../session.js";
import { REQUEST_PURPOSE } from "./find-run.js";

export interface ListRunsInput {
  readonly limit: number;
  /** Only runs of this purpose: `apply`, `destroy`, `batch`, `workflow`, `request`. Default: all but requests. */
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
      const isWanted = (found: string | undefined) => (purpose === undefined ? found !== REQUEST_PURPOSE : found === purpose);
      return await wantedRuns(storage, isWanted, limit);
    } finally {
      await storage.close();
    }
  },
});

/** Page by page, until there are enough. */
async function wantedRuns(
  storage: Storage,
  isWanted: (purpose: string | undefined) => boolean,
  limit: number,
): Promise<readonly RunSummary[]> {
  const found: RunSummary[] = [];
  let cursor: string | undefined;
  do {
    const page = await storage.runs.list(cursor === undefined ? { limit } : { cursor, limit });
    found.push(...page.runs.filter(({ labels }) => isWanted(labels.purpose)));
    cursor = page.next;
  } while (cursor !== undefined && found.length < limit);
  return found.slice(0, limit).map(ofRequest);
}

/** One that a service carries out because of a request waits for no moment: it is only kept from the queue. */
function ofRequest(run: RunSummary): RunSummary {
  if (run.labels.request === undefined) return run;
  const { notBefore: _, ...shown } = run;
  return shown;
}
