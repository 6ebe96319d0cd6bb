/** A run that ended goes on: what failed, was skipped or cancelled is tried again. */

import type { OperationId } from "@provisioning/model";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import { engineOf, workOn } from "./execute.js";
import { loadRunReport, type RunReport, runReportSchema } from "./report.js";
import { openRunSession } from "./run-session.js";

export interface RetryRunInput {
  /** `last`: the newest. */
  readonly id: string;
  /** These with all that needs them, whatever they are; default: what was not done. */
  readonly operations?: readonly string[];
}

/** @throws RunStatusError, OperationStatusError, ProvisioningError RUN_OUTDATED */
export const retryRun = defineAction<RetryRunInput, RunReport>({
  name: "run.retry",
  cedar: { action: "retryRun", resource: "Run" },
  effect: "change",
  summary: "Has a run that ended go on with what was not done, or with one operation and all that needs it.",
  input: z.strictObject({ id: z.string(), operations: z.exactOptional(z.array(z.string()).check(z.minLength(1))) }),
  output: runReportSchema,
  async run(context, { id, operations }) {
    const { session, state } = await openRunSession(context, id);
    try {
      const engine = engineOf(session);
      await engine.retry(state.definition.id, context.holder, operations as readonly OperationId[] | undefined);
      await workOn(session, engine, state.definition, true);
      return await loadRunReport(session.storage, state.definition.id);
    } finally {
      await session.close();
    }
  },
});
