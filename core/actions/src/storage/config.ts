/** The configuration of a workspace and of one of its infras, or of a place that is no workspace. */

import { type Config, type ConfigSources, loadConfig } from "@provisioning/config";
import type { InfraName } from "@provisioning/model";
import { configSources, type Workspace } from "@provisioning/workspace";
import type { ActionContext } from "../context.js";

export interface ConfigChoice {
  /** Its layer applies too. */
  readonly infra?: InfraName;
  /** Values that win over everything else, like flags. */
  readonly overrides?: Readonly<Record<string, unknown>>;
}

/** @throws DiagnosticsError with everything that is wrong in any layer */
export function loadWorkspaceConfig(
  context: ActionContext,
  workspace: Workspace | undefined,
  choice: ConfigChoice = {},
): Promise<Config> {
  return loadConfig(sourcesFor(context, workspace, choice));
}

export function sourcesFor(
  context: ActionContext,
  workspace: Workspace | undefined,
  { infra, overrides }: ConfigChoice = {},
): ConfigSources {
  const { platform, environment, flags, clock } = context;
  // A service is told so by whoever asks it.
  const told = flags["environment.default"];
  const env = context.env ?? (typeof told === "string" ? told : undefined);
  const sources = configSources({
    platform,
    environment,
    ...(workspace === undefined ? {} : { workspace }),
    ...(infra === undefined ? {} : { infra }),
    ...(env === undefined ? {} : { env }),
  });
  return { ...sources, flags: { ...flags, ...overrides }, clock };
}
