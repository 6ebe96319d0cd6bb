/** Ends a run that has not ended. */

import { createEngine } from "@provisioning/workflow";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import { openWorkspaceSession } from "../session.js";
import { checkRun } from "./check-run.js";
import { findRun } from "./find-run.js";
import { loadRunReport, type RunReport, runReportSchema } from "./report.js";

export interface CancelRunInput {
  /** `last`: the newest. */
  readonly id: string;
  /** For people, in the record of the run. */
  readonly reason?: string;
  /** Only tell what would become of it. */
  readonly check?: boolean;
}

/** One that has ended stays as it is. */
export const cancelRun = defineAction<CancelRunInput, RunReport>({
  name: "run.cancel",
  cedar: { action: "cancelRun", resource: "Run" },
  effect: "change",
  summary: "Ends a run that has not ended; what was done stays.",
  input: z.strictObject({
    id: z.string(),
    reason: z.exactOptional(z.string().check(z.maxLength(500))),
    check: z.exactOptional(z.boolean()),
  }),
  output: runReportSchema,
  async run(context, { id, reason, check }) {
    if (check === true)
      return checkRun(context, id, ({ engine, state }) =>
        engine.cancel(state.definition.id, context.holder, reason ?? "cancelled by hand"),
      );
    const session = await openWorkspaceSession(context);
    const storage = await session.openStore("write");
    try {
      const runId = await findRun(storage, id);
      const engine = createEngine({ storage, clock: context.clock, random: () => 0, holder: context.holder });
      await engine.cancel(runId, context.holder, reason ?? "cancelled by hand");
      return await loadRunReport(storage, runId);
    } finally {
      await storage.close();
    }
  },
});
