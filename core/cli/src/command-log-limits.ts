/** How large the log of commands may get: asked for when it may be too large, and apart from it because it takes the whole configuration. */

import { type ActionContext, openWorkspaceSession } from "@provisioning/actions";
import type { CommandLogLimits } from "./command-log.js";

/** @throws DiagnosticsError with everything that is wrong in the configuration */
export async function commandLogLimits(context: ActionContext): Promise<CommandLogLimits> {
  const { config } = await openWorkspaceSession(context);
  return {
    maxBytes: config.get("orchestrator.command_log_max_mib") * 1024 * 1024,
    keep: config.get("orchestrator.command_log_keep"),
  };
}
