/**
 * Makes an infra what its definition says: finish what an earlier run left, plan, ask, run.
 *
 * The run is stored before anything is touched. A command that was killed is repeated as it was: what is done is not done again.
 */

import { isNoop, newRunId, type Plan, type RunDefinition } from "@provisioning/model";
import { planOperations } from "@provisioning/planner";
import type { RunState } from "@provisioning/workflow";
import type { ActionContext } from "../context.js";
import { runOptions } from "../run/options.js";
import { executeRun } from "../run/execute.js";
import { finishUnfinished } from "../run/resume.js";
import { loadRunReport, type RunReport } from "../run/report.js";
import { type InfraSession, openInfraSession } from "../session.js";
import { type PlannedInfra, planSession } from "./plan.js";
import type { Targets } from "./targets.js";

export interface ApplyInput {
  readonly infra?: string;
  readonly targets?: Targets;
  /** Asked with the plan before anything changes. */
  readonly confirm: (plan: Plan) => Promise<boolean>;
  /** For people, in the list of runs. */
  readonly title?: string;
}

export type ApplyResult =
  /** `roundTrips`: programs sent to servers, all together. */
  | { readonly outcome: "unchanged"; readonly plan: Plan; readonly roundTrips: number; readonly resumed?: RunReport }
  | { readonly outcome: "declined"; readonly plan: Plan }
  | {
      readonly outcome: "completed" | "failed" | "cancelled" | "rolledBack";
      readonly plan: Plan;
      readonly run: RunReport;
      readonly resumed?: RunReport;
    };

export async function applyInfra(context: ActionContext, input: ApplyInput): Promise<ApplyResult> {
  const session = await openInfraSession(context, { ...input, mode: "write", definition: "use" });
  try {
    const resumed = await finishUnfinished(session);
    const left = resumed === undefined ? {} : { resumed };
    const planned = await planSession(session, input.targets);
    const { plan } = planned;
    context.report({ type: "planned", plan });
    if (isNoop(plan)) return { outcome: "unchanged", plan, roundTrips: session.servers.roundTrips, ...left };
    if (!(await input.confirm(plan))) return { outcome: "declined", plan };
    await session.records.refresh(planned.attributes);
    const definition = runDefinition(session, planned, { purpose: "apply", name: input.title ?? `apply ${session.infra}` });
    const state = await executeRun(session, definition);
    return { outcome: outcomeOf(state), plan, run: await loadRunReport(session.storage, definition.id), ...left };
  } finally {
    await session.close();
  }
}

export function runDefinition(
  session: InfraSession,
  { plan, uses }: Pick<PlannedInfra, "plan" | "uses">,
  { purpose, name }: { readonly purpose: "apply" | "destroy"; readonly name: string },
): RunDefinition {
  const options = runOptions(session.config);
  return {
    id: newRunId(),
    name,
    infra: session.infra,
    operations: planOperations(plan, {
      ...options,
      isClustered: (taskserv) => session.catalog.get(taskserv)?.manifest.clustered ?? false,
      usesOf: (address) => uses.get(address) ?? [],
    }),
    parallelLimit: options.parallelLimit,
    labels: { desired: session.desiredDigest, purpose },
    createdAt: session.context.clock.now(),
  };
}

export function outcomeOf(state: RunState): "completed" | "failed" | "cancelled" | "rolledBack" {
  return state.status === "completed" || state.status === "failed" || state.status === "rolledBack" ? state.status : "cancelled";
}
