/** One run with all its operations, as recorded. */

import * as z from "zod/mini";
import { defineAction } from "../action.js";
import type { ActionContext } from "../context.js";
import { openWorkspaceSession } from "../session.js";
import { findRun } from "./find-run.js";
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
    return await loadRunReport(storage, await findRun(storage, input.id));
  } finally {
    await storage.close();
  }
}
