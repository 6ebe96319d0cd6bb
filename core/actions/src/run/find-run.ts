/** A run that somebody named. */

import { isRunId, ProvisioningError, type RunId } from "@provisioning/model";
import type { Storage } from "@provisioning/storage";

/** `last` is the newest. @throws ProvisioningError RUN_ID_INVALID, RUN_NONE */
export async function findRun(storage: Storage, id: string): Promise<RunId> {
  if (id === "last") {
    const [newest] = (await storage.runs.list({ limit: 1 })).runs;
    if (newest !== undefined) return newest.id;
    throw new ProvisioningError({
      code: "RUN_NONE",
      message: "This workspace has no runs yet.",
      hint: "Start one with: provisioning apply",
    });
  }
  if (isRunId(id)) return id;
  throw new ProvisioningError({
    code: "RUN_ID_INVALID",
    message: `${JSON.stringify(id.slice(0, 80))} is not the id of a run.`,
    hint: "See the ids with: provisioning workflow list",
  });
}
