/** Works on runs of workflow documents. They need a workspace and its storage; an infra only when one of their tasks does. */

import { randomInt } from "node:crypto";
import type { RunDefinition } from "@provisioning/model";
import type { TransferableStorage } from "@provisioning/storage";
import { createEngine, type Engine, type ExecuteOptions, forgetOldRuns, replay, type RunState } from "@provisioning/workflow";
import type { ActionContext } from "../context.js";
import { longAfterMs } from "../notifications/run-end.js";
import { kclConditions } from "../run/conditions.js";
import { findRun } from "../run/find-run.js";
import { type CarriedOut, carryOutRun, ofService, unfinishedOfRequest } from "../run/in-service.js";
import { runRetention } from "../run/options.js";
import { loadRunReport, type RunReport } from "../run/report.js";
import { openWorkspaceSession, type WorkspaceSession } from "../session.js";
import { taskHandlers } from "../tasks/task-handlers.js";

/** What somebody wants of a run: an engine, the run, and what its execution needs. */
export interface WorkflowWork extends CarriedOut {
  readonly state: RunState;
}

export const WORKFLOW_PURPOSE = "workflow";

/** Submits a run and works on it until it has ended; in a service that was restarted, the run that this request had submitted before. */
export async function carryOut(
  session: WorkspaceSession,
  storage: TransferableStorage,
  definition: RunDefinition,
): Promise<RunState> {
  const { context } = session;
  const engine = engineFor(context, storage);
  const left = await unfinishedOfRequest(context, engine);
  const own = left === undefined ? ofService(context, definition) : (await engine.state(left)).definition;
  if (left === undefined) await engine.submit(own);
  tellStart(session, own, left !== undefined);
  const options = executionFor(context, storage, own);
  const state = await carryOutRun(own.id, { context, storage, engine, options });
  await forgetOldRuns(storage.runs, session.context.clock, runRetention(session.config)).catch(() => {});
  return state;
}

/** Does something with a run of a workflow document and gives its report. Absent: it is another kind of run, and nothing was done. */
export async function withWorkflowRun(
  context: ActionContext,
  id: string,
  work: (work: WorkflowWork) => Promise<unknown>,
): Promise<RunReport | undefined> {
  const session = await openWorkspaceSession(context);
  if (!(await isWorkflowRun(session, id))) return undefined;
  const storage = await session.openStore("write");
  try {
    const state = replay((await storage.runs.load(await findRun(storage, id))).events);
    const { definition } = state;
    tellStart(session, definition, true);
    const options = executionFor(context, storage, definition);
    await work({ context, storage, engine: engineFor(context, storage), state, options });
    return await loadRunReport(storage, definition.id);
  } finally {
    await storage.close();
  }
}

async function isWorkflowRun(session: WorkspaceSession, id: string): Promise<boolean> {
  const storage = await session.openStore("read");
  try {
    const state = replay((await storage.runs.load(await findRun(storage, id))).events);
    return state.definition.labels.purpose === WORKFLOW_PURPOSE;
  } finally {
    await storage.close();
  }
}

function tellStart({ context, config }: WorkspaceSession, { id, operations }: RunDefinition, resumed: boolean): void {
  context.report({
    type: "runStarted",
    runId: id,
    operations: operations.map(({ id: one, title }) => ({ id: one, title })),
    resumed,
    longAfterMs: longAfterMs(config),
  });
}

function engineFor({ clock, holder, service }: ActionContext, storage: TransferableStorage): Engine {
  const random = () => randomInt(2 ** 32) / 2 ** 32;
  return createEngine({ storage, clock, random, holder, conditions: kclConditions, ...(service && { slots: service.slots }) });
}

function executionFor(context: ActionContext, storage: TransferableStorage, definition: RunDefinition): ExecuteOptions {
  return {
    handlers: taskHandlers({ context, storage })(definition),
    signal: context.signal,
    drain: context.drain,
    observe: (event) => {
      // Tasks tell their progress themselves.
      if (event.type !== "operationProgress" && event.type !== "operationLog") context.report({ type: "run", event });
    },
  };
}
