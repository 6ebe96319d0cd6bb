/** The configuration of a workspace and of one of its infras, or of a place that is no workspace. */

import { type Config, type ConfigSources, loadConfig, readConfig } from "@provisioning/config";
import type { InfraName } from "@provisioning/model";
import { configSources, type Workspace } from "@provisioning/workspace";
import type { ActionContext } from "../context.js";
import { identitySources } from "../secrets/sources.js";

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
  const clear = { ...sources, flags: { ...flags, ...overrides }, clock };
  return { ...clear, decrypt: (file, text) => decryptLayer(context, workspace, clear, { file, text }) };
}

/** With the identities that are known without the layer: what is encrypted cannot say who opens it. */
async function decryptLayer(
  context: ActionContext,
  workspace: Workspace | undefined,
  sources: ConfigSources,
  { file, text }: { readonly file: string; readonly text: string },
): Promise<string> {
  const { openFile, readIdentities } = await import("@provisioning/security");
  const { config } = await readConfig(sources);
  const folder = workspace?.layout.root ?? context.currentDir;
  const identities = await readIdentities(identitySources({ context, config }, folder));
  return (await openFile(file, Buffer.from(text), identities)).document.plain().toString("utf8");
}
