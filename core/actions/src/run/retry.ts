/** A run that ended goes on: what failed, was skipped or cancelled is tried again. */

import type { OperationId, RunDefinition } from "@provisioning/model";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import { assertCurrent, checkRun } from "./check-run.js";
import { engineOf, workOn } from "./execute.js";
import { carryOutRun } from "./in-service.js";
import { loadRunReport, type RunReport, runReportSchema } from "./report.js";
import { openRunSession } from "./run-session.js";
import { withWorkflowRun } from "../workflow/carry-out.js";

export interface RetryRunInput {
  /** `last`: the newest. */
  readonly id: string;
  /** These with all that needs them, whatever they are; default: what was not done. */
  readonly operations?: readonly string[];
  /** Only tell what would become of it. */
  readonly check?: boolean;
}

/** @throws RunStatusError, OperationStatusError, ProvisioningError RUN_OUTDATED */
export const retryRun = defineAction<RetryRunInput, RunReport>({
  name: "run.retry",
  cedar: { action: "retryRun", resource: "Run" },
  effect: "change",
  summary: "Has a run that ended go on with what was not done, or with one operation and all that needs it.",
  input: z.strictObject({
    id: z.string(),
    operations: z.exactOptional(z.array(z.string()).check(z.minLength(1))),
    check: z.exactOptional(z.boolean()),
  }),
  output: runReportSchema,
  async run(context, { id, operations, check }) {
    if (check === true)
      return checkRun(context, id, async ({ engine, state }) => {
        await assertCurrent(context, state);
        await engine.retry(state.definition.id, context.holder, operations && withItems(state.definition, operations));
      });
    const ofDocument = await withWorkflowRun(context, id, async ({ state, ...work }) => {
      await work.engine.retry(state.definition.id, context.holder, operations as readonly OperationId[] | undefined);
      await carryOutRun(state.definition.id, work);
    });
    if (ofDocument !== undefined) return ofDocument;
    const { session, state } = await openRunSession(context, id);
    try {
      const engine = engineOf(session);
      await engine.retry(state.definition.id, context.holder, operations && withItems(state.definition, operations));
      await workOn(session, engine, state.definition, true);
      return await loadRunReport(session.storage, state.definition.id);
    } finally {
      await session.close();
    }
  },
});

/** An operation of a batch workflow is a gate after its items: to do it again is to do these again. */
function withItems({ operations }: RunDefinition, named: readonly string[]): readonly OperationId[] {
  const byId = new Map<string, RunDefinition["operations"][number]>(operations.map((operation) => [operation.id, operation]));
  const isGate = (id: string) => byId.get(id)?.action === "batch.gate";
  const itemsOf = (id: string) => (byId.get(id)?.dependsOn ?? []).map(({ on }) => on).filter((on) => !isGate(on));
  return named.flatMap((id) => [id as OperationId, ...(isGate(id) ? itemsOf(id) : [])]);
}
