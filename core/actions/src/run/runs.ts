/** The runs of a workspace, as recorded. */

import { isRunId, ProvisioningError } from "@provisioning/model";
import type { RunSummary } from "@provisioning/storage";
import type { ActionContext } from "../context.js";
import { openWorkspaceSession } from "../session.js";
import { loadRunReport, type RunReport } from "./report.js";

/** Newest first. */
export async function listRuns(context: ActionContext, input: { readonly limit: number }): Promise<readonly RunSummary[]> {
  const session = await openWorkspaceSession(context);
  const storage = await session.openStore("read");
  try {
    return (await storage.runs.list({ limit: input.limit })).runs;
  } finally {
    await storage.close();
  }
}

/** `id` may be `last`. @throws RunNotFoundError, ProvisioningError RUN_ID_INVALID, RUN_NONE */
export async function runStatus(context: ActionContext, input: { readonly id: string }): Promise<RunReport> {
  const session = await openWorkspaceSession(context);
  const storage = await session.openStore("read");
  try {
    if (input.id === "last") {
      const [newest] = (await storage.runs.list({ limit: 1 })).runs;
      if (newest === undefined)
        throw new ProvisioningError({
          code: "RUN_NONE",
          message: "This workspace has no runs yet.",
          hint: "Start one with: provisioning apply",
        });
      return await loadRunReport(storage, newest.id);
    }
    if (!isRunId(input.id)) {
      throw new ProvisioningError({
        code: "RUN_ID_INVALID",
        message: `${JSON.stringify(input.id.slice(0, 80))} is not the id of a run.`,
        hint: "See the ids with: provisioning workflow list",
      });
    }
    return await loadRunReport(storage, input.id);
  } finally {
    await storage.close();
  }
}
