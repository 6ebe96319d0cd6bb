/** A run that somebody named. */

import { isRunId, ProvisioningError, type RunId } from "@provisioning/model";
import type { Storage } from "@provisioning/storage";

/** What a service was asked for is kept as a run of its own. It stands for the run that came of it, and is not one that a person means. */
export const REQUEST_PURPOSE = "request";

/** `last` is the newest. @throws ProvisioningError RUN_ID_INVALID, RUN_NONE */
export async function findRun(storage: Storage, id: string): Promise<RunId> {
  if (id === "last") {
    const newest = await newestRun(storage);
    if (newest !== undefined) return newest;
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

async function newestRun(storage: Storage): Promise<RunId | undefined> {
  let cursor: string | undefined;
  do {
    const page = await storage.runs.list(cursor === undefined ? { limit: 10 } : { cursor });
    const found = page.runs.find(({ labels }) => labels.purpose !== REQUEST_PURPOSE);
    if (found !== undefined) return found.id;
    cursor = page.next;
  } while (cursor !== undefined);
  return undefined;
}
