/**
 * Makes an infra what its definition says: finish what an earlier run left, plan, ask, run.
 *
 * The run is stored before anything is touched. A command that was killed is repeated as it was: what is done is not done again.
 */

import { isNoop, type PlanDigests } from "@provisioning/model";
import { planDigestsSchema } from "@provisioning/model/wire";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import type { ActionContext } from "../context.js";
import { runDefinition } from "../run/definition.js";
import { besideUsual, rememberDurations } from "../run/durations.js";
import { executeRun } from "../run/execute.js";
import { loadRunReport } from "../run/report.js";
import { finishUnfinished } from "../run/resume.js";
import { openInfraSession } from "../session.js";
import { type ApplyResult, applyResultSchema, outcomeOf } from "./apply-result.js";
import { planSession } from "./plan.js";
import { requireSame } from "./plan-digests.js";
import { type Targets, targetsSchema } from "./targets.js";

export interface ApplyInput {
  readonly infra?: string;
  readonly targets?: Targets;
  /** For people, in the list of runs. */
  readonly title?: string;
  /** Of a plan that was kept: it is carried out only while everything that it was made from is as it was, and nobody is asked again. */
  readonly expected?: PlanDigests;
}

const applyInputSchema: z.ZodMiniType<ApplyInput> = z.strictObject({
  infra: z.exactOptional(z.string()),
  targets: z.exactOptional(targetsSchema),
  title: z.exactOptional(z.string().check(z.maxLength(200))),
  expected: z.exactOptional(planDigestsSchema),
});

export const applyInfra = defineAction({
  name: "infra.apply",
  cedar: { action: "applyInfra", resource: "Infra" },
  effect: "change",
  summary: "Makes an infra what its definition says.",
  input: applyInputSchema,
  output: applyResultSchema,
  run: apply,
});

async function apply(context: ActionContext, input: ApplyInput): Promise<ApplyResult> {
  const session = await openInfraSession(context, { ...input, mode: "write", definition: "use", lock: "enforce" });
  try {
    const resumed = await finishUnfinished(session);
    const left = resumed === undefined ? {} : { resumed };
    const planned = await planSession(session, input.targets);
    const { plan } = planned;
    if (input.expected !== undefined) requireSame(input.expected, plan.digests as PlanDigests);
    context.report({ type: "planned", plan });
    if (isNoop(plan)) return { outcome: "unchanged", plan, roundTrips: session.servers.roundTrips, ...left };
    if (input.expected === undefined && !(await context.confirm(plan))) return { outcome: "declined", plan };
    await session.records.refresh(planned.attributes);
    const definition = await runDefinition(session, planned, { purpose: "apply", name: input.title ?? `apply ${session.infra}` });
    const state = await executeRun(session, definition);
    const { runtimeDir } = session.workspace.layout;
    const { operations } = definition;
    const run = await besideUsual(runtimeDir, operations, await loadRunReport(session.storage, definition.id));
    await rememberDurations(runtimeDir, operations, run).catch(() => {});
    return { outcome: outcomeOf(state), id: run.id, plan, run, ...left };
  } finally {
    await session.close();
  }
}
