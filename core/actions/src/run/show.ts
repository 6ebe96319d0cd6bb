/** One run with all its operations, as recorded. */

import { isRunId, ProvisioningError } from "@provisioning/model";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import type { ActionContext } from "../context.js";
import { openWorkspaceSession } from "../session.js";
import { loadRunReport, type RunReport, runReportSchema } from "./report.js";

export interface ShowRunInput {
  /** `last`: the newest. */
  readonly id: string;
}

export const showRun = defineAction<ShowRunInput, RunReport>({
  name: "run.show",
  cedar: { action: "showRun", resource: "Run" },
  effect: "read",
  summary: "Shows one run with all its operations.",
  input: z.strictObject({ id: z.string() }),
  output: runReportSchema,
  run: show,
});

/** @throws RunNotFoundError, ProvisioningError RUN_ID_INVALID, RUN_NONE */
async function show(context: ActionContext, input: ShowRunInput): Promise<RunReport> {
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
