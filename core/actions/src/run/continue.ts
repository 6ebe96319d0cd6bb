/** A run that was paused or interrupted goes on. */

import type { RunState } from "@provisioning/workflow";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import { assertCurrent, checkRun } from "./check-run.js";
import { engineOf, workOn } from "./execute.js";
import { carryOutRun } from "./in-service.js";
import { loadRunReport, type RunReport, runReportSchema } from "./report.js";
import { openRunSession } from "./run-session.js";
import { withWorkflowRun } from "../workflow/carry-out.js";

export interface ResumeRunInput {
  /** `last`: the newest. */
  readonly id: string;
  /** Only tell what would become of it. */
  readonly check?: boolean;
}

/** One that has ended stays as it is. @throws LeaseHeldError when somebody works on it, ProvisioningError RUN_OUTDATED */
export const resumeRun = defineAction<ResumeRunInput, RunReport>({
  name: "run.resume",
  cedar: { action: "resumeRun", resource: "Run" },
  effect: "change",
  summary: "Has a run that was paused or interrupted go on.",
  input: z.strictObject({ id: z.string(), check: z.exactOptional(z.boolean()) }),
  output: runReportSchema,
  async run(context, { id, check }) {
    if (check === true)
      return checkRun(context, id, async ({ engine, state }) => {
        await assertCurrent(context, state);
        if (isPaused(state)) await engine.resume(state.definition.id, context.holder);
      });
    const ofDocument = await withWorkflowRun(context, id, async ({ state, ...work }) => {
      if (isPaused(state)) await work.engine.resume(state.definition.id, context.holder);
      await carryOutRun(state.definition.id, work);
    });
    if (ofDocument !== undefined) return ofDocument;
    const { session, state } = await openRunSession(context, id);
    try {
      const engine = engineOf(session);
      const { definition } = state;
      if (isPaused(state)) await engine.resume(definition.id, context.holder);
      await workOn(session, engine, definition, true);
      return await loadRunReport(session.storage, definition.id);
    } finally {
      await session.close();
    }
  },
});

/** Or is about to be. */
function isPaused(state: RunState): boolean {
  return state.status === "paused" || ("pause" in state && state.pause !== undefined);
}
