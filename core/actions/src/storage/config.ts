/** The configuration of a workspace, or of a place that is none. */

import { type Config, loadConfig } from "@provisioning/config";
import { userPaths, type Workspace } from "@provisioning/workspace";
import type { ActionContext } from "../context.js";

/** `overrides` win over everything else, like flags. @throws ConfigSyntaxError, DiagnosticsError */
export function loadWorkspaceConfig(
  context: ActionContext,
  workspace: Workspace | undefined,
  overrides: Readonly<Record<string, unknown>> = {},
): Promise<Config> {
  return loadConfig({
    defaultsFile: context.platform.configDefaultsFile,
    userFile: userPaths(context.environment).configFile,
    ...(workspace === undefined ? {} : { workspaceFile: workspace.layout.configFile }),
    environment: context.environment,
    flags: { ...context.flags, ...overrides },
  });
}
