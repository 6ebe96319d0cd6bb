/** The storage of a process that serves it: opened once, shared by all actions, moved under them when it has to be. */

import { createSwitchableStorage, type SwitchableStorage } from "@provisioning/storage";
import type { ActionContext } from "../context.js";
import { findPlace } from "./find-place.js";
import { openPlace } from "./open.js";

/** For `ActionContext.storage`. The caller closes it when nobody uses it any more. @throws what opening a storage throws */
export async function serveStorage(context: ActionContext): Promise<SwitchableStorage> {
  return createSwitchableStorage(await openPlace(await findPlace(context), "write"));
}
