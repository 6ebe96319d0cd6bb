/** What an earlier command left unfinished: gone on with when the same is asked for, given up when something else is. */

import type { InfraSession } from "../session.js";
import { engineOf, workOn } from "./execute.js";
import { loadRunReport, type RunReport } from "./report.js";

/** The last unfinished run of the infra, worked on to its end, if the definition is still the same. Others are cancelled. */
export async function finishUnfinished(session: InfraSession): Promise<RunReport | undefined> {
  const engine = engineOf(session);
  let finished: RunReport | undefined;
  for (const { id, labels } of await engine.unfinished(session.infra)) {
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
  for (const { id } of await engine.unfinished(session.infra)) await engine.cancel(id, session.context.holder, reason);
}
