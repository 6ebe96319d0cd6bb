/**
 * What would become of a run, without doing it: the run is copied into memory, and there the engine does what was asked for, with the same
 * decisions and the same refusals. Nothing is stored, and no operation is carried out.
 */

import { TASK_ACTION } from "@provisioning/planner";
import type { RunDefinition } from "@provisioning/model";
import { openMemoryStorage, runScope, type Storage } from "@provisioning/storage";
import { createEngine, type Engine, type Handlers, type OperationHandler, replay, type RunState } from "@provisioning/workflow";
import type { ActionContext } from "../context.js";
import { nothingToUndo, undoCreation } from "../handlers/compensation.js";
import { openWorkspaceSession } from "../session.js";
import { WORKFLOW_PURPOSE } from "../workflow/carry-out.js";
import { findRun } from "./find-run.js";
import { loadRunReport, type RunReport } from "./report.js";
import { openRunSession } from "./run-session.js";

export interface CheckedRun {
  readonly engine: Engine;
  readonly state: RunState;
}

/** As it would be afterwards. @throws what `work` throws */
export async function checkRun(
  context: ActionContext,
  id: string,
  work: (run: CheckedRun) => Promise<unknown>,
): Promise<RunReport> {
  const session = await openWorkspaceSession(context);
  const storage = await session.openStore("read");
  try {
    const runId = await findRun(storage, id);
    const copy = await copyOf(storage, runId, context);
    const engine = createEngine({ storage: copy, clock: context.clock, random: () => 0, holder: context.holder });
    await work({ engine, state: await engine.state(runId) });
    // What was undone in memory proves nothing.
    const { rollback: _, ...report } = await loadRunReport(copy, runId);
    return report;
  } finally {
    await storage.close();
  }
}

/** Of what carries operations out: the definition must still be the one that the run was made from. @throws ProvisioningError RUN_OUTDATED */
export async function assertCurrent(context: ActionContext, { definition }: RunState): Promise<void> {
  if (definition.labels.purpose === WORKFLOW_PURPOSE) return;
  const { session } = await openRunSession(context, definition.id, "read");
  await session.close();
}

async function copyOf(storage: Storage, runId: RunDefinition["id"], { clock }: ActionContext): Promise<Storage> {
  const { events } = await storage.runs.load(runId);
  const copy = openMemoryStorage({ clock });
  const version = await copy.runs.submit(replay(events).definition);
  if (events.length > version) await copy.runs.append(runId, version, events.slice(version));
  const scope = runScope(runId);
  const newest = events.reduce((most, event) => ("token" in event ? Math.max(most, event.token) : most), 0);
  await copy.transfer.raiseToken(scope, newest);
  const lease = await storage.leases.current(scope);
  if (lease !== undefined) await copy.transfer.importLease({ lease, ttlMs: lease.expiresAt - clock.now() });
  return copy;
}

const CREATING: ReadonlySet<string> = new Set(["network.reconcile", "server.reconcile", "taskserv.install"]);
const REMOVING: ReadonlySet<string> = new Set(["network.delete", "server.delete", "taskserv.remove"]);

/** They undo what the real ones undo, by doing nothing. */
export function rehearsalHandlers({ operations }: RunDefinition): Handlers {
  return new Map(operations.map(({ action }) => [action, rehearsal(action)]));
}

function rehearsal(action: string): OperationHandler {
  const execute = () => Promise.resolve(null);
  if (REMOVING.has(action)) return { execute };
  if (CREATING.has(action)) return { execute, compensate: undoCreation(() => Promise.resolve()), undoesHalves: true };
  const { compensate, undoesHalves } = nothingToUndo;
  return action.startsWith(TASK_ACTION) ? { execute, compensate, undoesHalves } : { execute, ...nothingToUndo };
}
