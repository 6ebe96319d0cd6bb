/** An operation that was not done counts as done: somebody did it by hand, or can do without it. */

import type { OperationId } from "@provisioning/model";
import { createEngine } from "@provisioning/workflow";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import { openWorkspaceSession } from "../session.js";
import { checkRun } from "./check-run.js";
import { findRun } from "./find-run.js";
import { loadRunReport, type RunReport, runReportSchema } from "./report.js";

export interface PassOperationInput {
  /** `last`: the newest. */
  readonly id: string;
  readonly operation: string;
  /** Only tell what would become of it. */
  readonly check?: boolean;
}

/** @throws RunStatusError, OperationStatusError */
export const passOperation = defineAction<PassOperationInput, RunReport>({
  name: "run.pass",
  cedar: { action: "passOperation", resource: "Run" },
  effect: "change",
  summary: "Counts an operation that was not done as done, for those who need it.",
  input: z.strictObject({ id: z.string(), operation: z.string(), check: z.exactOptional(z.boolean()) }),
  output: runReportSchema,
  async run(context, { id, operation, check }) {
    if (check === true)
      return checkRun(context, id, ({ engine, state }) =>
        engine.pass(state.definition.id, operation as OperationId, context.holder),
      );
    const session = await openWorkspaceSession(context);
    const storage = await session.openStore("write");
    try {
      const runId = await findRun(storage, id);
      const engine = createEngine({ storage, clock: context.clock, random: () => 0, holder: context.holder });
      await engine.pass(runId, operation as OperationId, context.holder);
      return await loadRunReport(storage, runId);
    } finally {
      await storage.close();
    }
  },
});
