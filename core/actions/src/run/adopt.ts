/** A run that an earlier command left, carried out by a service: what its operations need, for as long as it is worked on. */

import type { RunDefinition } from "@provisioning/model";
import type { Handlers } from "@provisioning/workflow";
import type { ActionContext } from "../context.js";
import { createHandlers } from "../handlers/handlers.js";
import { openRunSession } from "./run-session.js";

export interface AdoptedRun {
  readonly handlers: Handlers;
  close(): Promise<void>;
}

/** @throws ProvisioningError RUN_OUTDATED; what opening an infra throws */
export async function adoptRun(context: ActionContext, { id }: RunDefinition): Promise<AdoptedRun> {
  const { session } = await openRunSession(context, id);
  return { handlers: createHandlers(session), close: () => session.close() };
}
