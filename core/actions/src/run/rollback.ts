/** Undoes what a run made. */

import * as z from "zod/mini";
import { defineAction } from "../action.js";
import { assertCurrent, checkRun, rehearsalHandlers } from "./check-run.js";
import { engineOf, rollBack } from "./execute.js";
import { rollBackRun } from "./in-service.js";
import { loadRunReport, type RunReport, runReportSchema } from "./report.js";
import { openRunSession } from "./run-session.js";
import { withWorkflowRun } from "../workflow/carry-out.js";

export interface RollbackRunInput {
  /** `last`: the newest. */
  readonly id: string;
  /** Keep what was done up to this checkpoint. Default: undo everything. */
  readonly toCheckpoint?: number;
  /** Only tell what would become of it. */
  readonly check?: boolean;
}

/** @throws RunNotEndedError, ProvisioningError RUN_OUTDATED */
export const rollbackRun = defineAction<RollbackRunInput, RunReport>({
  name: "run.rollback",
  cedar: { action: "rollbackRun", resource: "Run" },
  effect: "change",
  summary: "Undoes what a run made, the last first, to the beginning or to a checkpoint.",
  input: z.strictObject({
    id: z.string(),
    toCheckpoint: z.exactOptional(z.int().check(z.minimum(1))),
    check: z.exactOptional(z.boolean()),
  }),
  output: runReportSchema,
  async run(context, { id, toCheckpoint, check }) {
    const checkpoint = toCheckpoint === undefined ? {} : { toCheckpoint };
    if (check === true)
      return checkRun(context, id, async ({ engine, state }) => {
        await assertCurrent(context, state);
        const { signal, drain } = context;
        const handlers = rehearsalHandlers(state.definition);
        await engine.rollback(state.definition.id, { handlers, signal, drain, ...checkpoint, by: context.holder });
      });
    const ofDocument = await withWorkflowRun(context, id, ({ state, ...work }) =>
      rollBackRun(state.definition.id, work, { ...checkpoint, by: context.holder }),
    );
    if (ofDocument !== undefined) return ofDocument;
    const { session, state } = await openRunSession(context, id);
    try {
      await rollBack(session, engineOf(session), state.definition, toCheckpoint);
      return await loadRunReport(session.storage, state.definition.id);
    } finally {
      await session.close();
    }
  },
});
