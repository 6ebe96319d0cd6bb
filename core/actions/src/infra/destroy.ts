/** Removes an infra, or some of its servers or taskservs. Removing everything leaves nothing behind: no server, network, key or secret. */

import { rm } from "node:fs/promises";
import { isNoop } from "@provisioning/model";
import { defineAction } from "../action.js";
import type { ActionContext } from "../context.js";
import { runDefinition } from "../run/definition.js";
import { executeRun } from "../run/execute.js";
import { loadRunReport } from "../run/report.js";
import { abandonUnfinished } from "../run/resume.js";
import { type InfraSession, openInfraSession } from "../session.js";
import { type ApplyResult, applyResultSchema, outcomeOf } from "./apply-result.js";
import { type PlanInfraInput, planInputSchema } from "./plan.js";
import { planDestruction } from "./plan-removal.js";
import { refuseProtected } from "./protect.js";

export const destroyInfra = defineAction({
  name: "infra.destroy",
  cedar: { action: "destroyInfra", resource: "Infra" },
  effect: "change",
  summary: "Removes an infra, or some of its servers or taskservs.",
  input: planInputSchema,
  output: applyResultSchema,
  run: destroy,
});

async function destroy(context: ActionContext, input: PlanInfraInput): Promise<ApplyResult> {
  const session = await openInfraSession(context, { ...input, mode: "write", definition: "ignore" });
  try {
    const plan = planDestruction(session, input.targets);
    refuseProtected(session, plan.changes);
    context.report({ type: "planned", plan });
    if (!isNoop(plan)) {
      if (!(await context.confirm(plan))) return { outcome: "declined", plan };
      await abandonUnfinished(session, "superseded by a removal");
      const definition = await runDefinition(
        session,
        { plan, uses: new Map() },
        { purpose: "destroy", name: `destroy ${session.infra}` },
      );
      const state = await executeRun(session, definition);
      if (state.status === "completed") await removeLeftovers(session);
      const { id } = definition;
      return { outcome: outcomeOf(state), id, plan, run: await loadRunReport(session.storage, id) };
    }
    await abandonUnfinished(session, "superseded by a removal");
    await removeLeftovers(session);
    return { outcome: "unchanged", plan, roundTrips: session.servers.roundTrips };
  } finally {
    await session.close();
  }
}

/** Secrets and provider files of an infra that has nothing any more. Providers' files go with the last infra of the workspace. */
async function removeLeftovers(session: InfraSession): Promise<void> {
  if (session.records.list().length > 0) return;
  const { layout } = session.workspace;
  await rm(layout.generatedSecretsDir(session.infra), { recursive: true, force: true });
  if ((await session.storage.resources.listInfras()).length > 0) return;
  await rm(layout.providersDir, { recursive: true, force: true });
}
