/** How long `orchestrator start` and `orchestrator stop` wait for the service. */

import { type ActionContext, openWorkspaceSession } from "@provisioning/actions";

/** Seconds. @throws DiagnosticsError with everything that is wrong in the configuration */
export async function patience(
  context: ActionContext,
  key: "orchestrator.start_timeout_seconds" | "orchestrator.stop_timeout_seconds",
): Promise<number> {
  return (await openWorkspaceSession(context)).config.get(key);
}
