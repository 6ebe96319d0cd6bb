/**
 * Carries out a batch workflow in this process: finish what an earlier command left of it, plan, compile, ask, run.
 *
 * The run is stored before anything is touched. A command that was killed is repeated as it was: what is done is not done again.
 */

import { ProvisioningError } from "@provisioning/model";
import { hasWork } from "@provisioning/planner";
import type { RunState } from "@provisioning/workflow";
import { defineAction } from "../action.js";
import type { ActionContext } from "../context.js";
import { type ApplyResult, applyResultSchema, outcomeOf } from "../infra/apply-result.js";
import { planSession } from "../infra/plan.js";
import { engineOf, executeRun, workOn } from "../run/execute.js";
import { loadRunReport, type RunReport } from "../run/report.js";
import { RunLog } from "../run/run-log.js";
import { unfinishedChanges } from "../run/resume.js";
import type { InfraSession } from "../session.js";
import { batchRun } from "./definition.js";
import { type BatchInput, batchInputSchema } from "./input.js";
import { compileFor, openBatch, workflowDigest } from "./prepare.js";

/** @throws DiagnosticsError as `batch.validate`, ProvisioningError RUN_UNFINISHED */
export const submitBatch = defineAction<BatchInput, ApplyResult>({
  name: "batch.submit",
  cedar: { action: "submitBatch", resource: "Infra" },
  effect: "change",
  summary: "Carries out a batch workflow.",
  input: batchInputSchema,
  output: applyResultSchema,
  run: submit,
});

async function submit(asked: ActionContext, input: BatchInput): Promise<ApplyResult> {
  const log = new RunLog(asked);
  const { context } = log;
  const { session, workflow } = await openBatch(context, input, "write");
  try {
    await log.begin(workflow, session.workspace.layout.root);
    const resumed = await finishUnfinished(session, workflowDigest(workflow));
    const left = resumed === undefined ? {} : { resumed };
    const planned = await planSession(session);
    const compiled = await compileFor({ session, workflow }, planned);
    const { plan } = compiled;
    context.report({ type: "planned", plan });
    if (!hasWork(compiled)) return { outcome: "unchanged", plan, roundTrips: session.servers.roundTrips, ...left };
    if (!(await context.confirm(plan))) return { outcome: "declined", plan };
    await session.records.refresh(planned.attributes);
    const definition = await batchRun(session, workflow, compiled);
    const state = await executeRun(session, definition);
    const { id } = definition;
    return { outcome: outcomeOf(state), id, plan, run: await loadRunReport(session.storage, id), ...left };
  } finally {
    await session.close();
    await log.close();
  }
}

/** The same workflow for the same definition goes on; anything else is for a person to decide. */
async function finishUnfinished(session: InfraSession, digest: string): Promise<RunReport | undefined> {
  const engine = engineOf(session);
  let finished: RunReport | undefined;
  for (const { id, labels } of await unfinishedChanges(session, engine)) {
    const state = await engine.state(id);
    const isSame = labels.workflow === digest && labels.desired === session.desiredDigest;
    if (!isSame || isPausing(state)) throw new RunUnfinishedError(state);
    const after = await workOn(session, engine, state.definition, true);
    if (isPausing(after)) throw new RunUnfinishedError(after);
    finished = await loadRunReport(session.storage, id);
  }
  return finished;
}

/** Somebody decides when it goes on. */
function isPausing(state: RunState): boolean {
  return "pause" in state && state.pause !== undefined;
}

/** Nothing was changed. */
class RunUnfinishedError extends ProvisioningError {
  constructor({ definition, status }: RunState) {
    super({
      code: "RUN_UNFINISHED",
      message: `Run ${definition.id} (${definition.name}) of ${definition.infra} is ${status}; two runs would work on the same servers.`,
      hint: `Go on with it: provisioning batch resume ${definition.id}, or end it: provisioning batch cancel ${definition.id}`,
      details: { run: definition.id },
    });
  }
}
