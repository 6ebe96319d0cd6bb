/** Checks every layer that there is: each infra, each environment, not only what applies here. */

import { type ConfigSources, readConfig } from "@provisioning/config";
import type { Diagnostic, InfraName } from "@provisioning/model";
import { chooseInfra, listInfras, type Workspace } from "@provisioning/workspace";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import type { ActionContext } from "../context.js";
import { sourcesFor } from "../storage/config.js";
import { workspaceIfAny } from "../storage/find-place.js";
import { type ConfigFinding, configFindingSchema, type ConfigScope, configScopeShape, toFinding } from "./reading.js";
import { settingsCheck } from "./taskserv-schemas.js";

export interface ConfigValidation {
  /** Nothing is wrong; there may be warnings. */
  readonly ok: boolean;
  /** Files that were read. */
  readonly files: readonly string[];
  readonly findings: readonly ConfigFinding[];
}

export const validateConfig = defineAction<ConfigScope, ConfigValidation>({
  name: "config.validate",
  cedar: { action: "validateConfig", resource: "Workspace" },
  effect: "read",
  summary: "Checks every layer of the configuration: the user's, the workspace's, all infras and environments.",
  input: z.strictObject(configScopeShape),
  output: z.strictObject({ ok: z.boolean(), files: z.array(z.string()), findings: z.array(configFindingSchema) }),
  async run(context, scope) {
    const workspace = await workspaceIfAny(context);
    const files = new Set<string>();
    const found = new Map<string, Diagnostic>();
    const aboutSettings = settingsCheck(context);
    for (const sources of await combinations(context, workspace, scope.infra)) {
      const { config, findings } = await readConfig(sources);
      for (const { file } of config.layers) if (file !== undefined) files.add(file);
      for (const one of [...findings, ...(await aboutSettings(config.layers))])
        found.set(`${one.code} ${one.summary} ${one.position?.file}:${one.position?.line}`, one);
    }
    const findings = [...found.values()];
    return {
      ok: findings.every(({ severity }) => severity !== "error"),
      files: [...files],
      findings: findings.map(toFinding),
    };
  },
});

/** Everything together as it applies here, then each infra and each environment. */
async function combinations(
  context: ActionContext,
  workspace: Workspace | undefined,
  wanted: string | undefined,
): Promise<readonly ConfigSources[]> {
  if (workspace === undefined) return [sourcesFor(context, undefined)];
  const infras: readonly (InfraName | undefined)[] =
    wanted === undefined ? [undefined, ...(await listInfras(workspace.layout))] : [await chooseInfra(workspace.layout, wanted)];
  const forInfras = infras.map((infra) => sourcesFor(context, workspace, infra === undefined ? {} : { infra }));
  const environments = (await forInfras[0]?.environments?.list()) ?? [];
  const forEnvironments = environments.map((env) => sourcesFor({ ...context, env }, workspace));
  return [...forInfras, ...forEnvironments];
}
