/** An infra opened because of one of its runs. */

import { ProvisioningError } from "@provisioning/model";
import type { StorageMode } from "@provisioning/storage";
import { type RunState, replay } from "@provisioning/workflow";
import type { ActionContext } from "../context.js";
import { type InfraSession, openInfraSession, openWorkspaceSession } from "../session.js";
import { findRun } from "./find-run.js";

export interface NamedRun {
  readonly session: InfraSession;
  readonly state: RunState;
}

/**
 * For what carries operations out: they are done as the definition says now, so it must still be the one that the run was made from.
 * The caller closes the session. @throws ProvisioningError RUN_OUTDATED
 */
export async function openRunSession(context: ActionContext, id: string, mode: StorageMode = "write"): Promise<NamedRun> {
  const found = await lookAt(context, id);
  const { infra, labels } = found.definition;
  const session = await openInfraSession(context, {
    infra,
    mode,
    definition: labels.purpose === "destroy" ? "ignore" : "use",
  });
  try {
    const state = replay((await session.storage.runs.load(found.definition.id)).events);
    if (labels.purpose !== "destroy" && labels.desired !== session.desiredDigest) {
      throw new ProvisioningError({
        code: "RUN_OUTDATED",
        message: `The definition of ${infra} changed since run ${state.definition.id} was made.`,
        hint: `Make it what the definition says now: provisioning apply --infra ${infra}`,
      });
    }
    return { session, state };
  } catch (error) {
    await session.close();
    throw error;
  }
}

async function lookAt(context: ActionContext, id: string): Promise<RunState> {
  const session = await openWorkspaceSession(context);
  const storage = await session.openStore("read");
  try {
    return replay((await storage.runs.load(await findRun(storage, id))).events);
  } finally {
    await storage.close();
  }
}
