/** Has a run start nothing more; it is paused when nothing of it runs any more. */

import { createEngine } from "@provisioning/workflow";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import { openWorkspaceSession } from "../session.js";
import { checkRun } from "./check-run.js";
import { findRun } from "./find-run.js";
import { loadRunReport, type RunReport, runReportSchema } from "./report.js";

export interface PauseRunInput {
  /** `last`: the newest. */
  readonly id: string;
  /** For people, in the record of the run. */
  readonly reason?: string;
  /** Only tell what would become of it. */
  readonly check?: boolean;
}

/** @throws RunStatusError of one that has ended */
export const pauseRun = defineAction<PauseRunInput, RunReport>({
  name: "run.pause",
  cedar: { action: "pauseRun", resource: "Run" },
  effect: "change",
  summary: "Has a run start nothing more, until it is resumed; what runs is finished.",
  input: z.strictObject({
    id: z.string(),
    reason: z.exactOptional(z.string().check(z.maxLength(500))),
    check: z.exactOptional(z.boolean()),
  }),
  output: runReportSchema,
  async run(context, { id, reason, check }) {
    if (check === true)
      return checkRun(context, id, ({ engine, state }) =>
        engine.pause(state.definition.id, context.holder, reason ?? "paused by hand"),
      );
    const session = await openWorkspaceSession(context);
    const storage = await session.openStore("write");
    try {
      const runId = await findRun(storage, id);
      const engine = createEngine({ storage, clock: context.clock, random: () => 0, holder: context.holder });
      await engine.pause(runId, context.holder, reason ?? "paused by hand");
      return await loadRunReport(storage, runId);
    } finally {
      await storage.close();
    }
  },
});
