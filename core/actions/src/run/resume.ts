/** What an earlier command left unfinished: gone on with when the same is asked for, given up when something else is. */

import type { RunSummary } from "@provisioning/storage";
import type { Engine } from "@provisioning/workflow";
import type { InfraSession } from "../session.js";
import { engineOf, workOn } from "./execute.js";
import { loadRunReport, type RunReport } from "./report.js";

/** The last unfinished run of the infra, worked on to its end, if the definition is still the same. Others are cancelled. */
export async function finishUnfinished(session: InfraSession): Promise<RunReport | undefined> {
  const engine = engineOf(session);
  let finished: RunReport | undefined;
  for (const { id, labels } of await unfinishedChanges(session, engine)) {
    if (labels.desired !== session.desiredDigest) {
      await engine.cancel(id, session.context.holder, "the definition changed since it began");
      continue;
    }
    await workOn(session, engine, (await engine.state(id)).definition, true);
    finished = await loadRunReport(session.storage, id);
  }
  return finished;
}

export async function abandonUnfinished(session: InfraSession, reason: string): Promise<void> {
  const engine = engineOf(session);
  for (const { id } of await unfinishedChanges(session, engine)) await engine.cancel(id, session.context.holder, reason);
}

/** Requests and workflows of tasks are not what makes an infra what its definition says; they may even be what asks for it. */
export async function unfinishedChanges(session: InfraSession, engine: Engine): Promise<readonly RunSummary[]> {
  const runs = await engine.unfinished(session.infra);
  return runs.filter(({ labels }) => labels.desired !== undefined);
}
