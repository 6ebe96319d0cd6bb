/** Removes an infra, or some of its servers or taskservs. Removing everything leaves nothing behind: no server, network, key or secret. */

import { rm } from "node:fs/promises";
import { isNoop, type Plan } from "@provisioning/model";
import { makePlan } from "@provisioning/planner";
import type { ActionContext } from "../context.js";
import { executeRun } from "../run/execute.js";
import { abandonUnfinished } from "../run/resume.js";
import { loadRunReport } from "../run/report.js";
import { type InfraSession, openInfraSession } from "../session.js";
import { type ApplyResult, outcomeOf, runDefinition } from "./apply.js";
import { refuseProtected } from "./protect.js";
import { narrow, type Targets } from "./targets.js";

export interface DestroyInput {
  readonly infra?: string;
  /** Absent: everything. */
  readonly targets?: Targets;
  readonly confirm: (plan: Plan) => Promise<boolean>;
}

/** What would be removed. Changes nothing. */
export async function planRemoval(context: ActionContext, input: Omit<DestroyInput, "confirm">): Promise<Plan> {
  const session = await openInfraSession(context, { ...input, mode: "read", definition: "ignore" });
  try {
    return planDestruction(session, input.targets);
  } finally {
    await session.close();
  }
}

export async function destroyInfra(context: ActionContext, input: DestroyInput): Promise<ApplyResult> {
  const session = await openInfraSession(context, { ...input, mode: "write", definition: "ignore" });
  try {
    const plan = planDestruction(session, input.targets);
    refuseProtected(session, plan.changes);
    context.report({ type: "planned", plan });
    if (!isNoop(plan)) {
      if (!(await input.confirm(plan))) return { outcome: "declined", plan };
      await abandonUnfinished(session, "superseded by a removal");
      const definition = runDefinition(
        session,
        { plan, uses: new Map() },
        { purpose: "destroy", name: `destroy ${session.infra}` },
      );
      const state = await executeRun(session, definition);
      if (state.status === "completed") await removeLeftovers(session);
      return { outcome: outcomeOf(state), plan, run: await loadRunReport(session.storage, definition.id) };
    }
    await abandonUnfinished(session, "superseded by a removal");
    await removeLeftovers(session);
    return { outcome: "unchanged", plan, roundTrips: session.servers.roundTrips };
  } finally {
    await session.close();
  }
}

function planDestruction(session: InfraSession, targets: Targets | undefined): Plan {
  const plan = makePlan({ infra: session.infra, desired: [], recorded: session.records.list(), observed: new Map() });
  const wanted = { ...plan, changes: plan.changes.map((change) => ({ ...change, reasons: ["you asked for it"] })) };
  return narrow(wanted, targets);
}

/** Secrets and provider files of an infra that has nothing any more. Providers' files go with the last infra of the workspace. */
async function removeLeftovers(session: InfraSession): Promise<void> {
  if (session.records.list().length > 0) return;
  const { layout } = session.workspace;
  await rm(layout.generatedSecretsDir(session.infra), { recursive: true, force: true });
  if ((await session.storage.resources.listInfras()).length > 0) return;
  await rm(layout.providersDir, { recursive: true, force: true });
}
