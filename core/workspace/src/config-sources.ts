/** Where the layers of the configuration are: the platform's, the user's, a workspace's, an infra's, an environment's. */

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type ConfigSources, type KclEvaluator, layerFile, type LayerPlace } from "@provisioning/config";
import type { InfraName } from "@provisioning/model";
import type { Workspace } from "./discover.js";
import type { PlatformLayout } from "./layout.js";
import { userPaths } from "./user-paths.js";

export interface ConfigWish {
  readonly platform: PlatformLayout;
  /** Variables of the process. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Absent: the user's configuration alone. */
  readonly workspace?: Workspace;
  readonly infra?: InfraName;
  /** An environment's name. Absent: the variable `PROVISIONING_ENV`, else the key `environment.default`. */
  readonly env?: string;
}

/** Nothing is read yet. */
export function configSources(wish: ConfigWish): ConfigSources {
  const { platform, environment, workspace, infra } = wish;
  const chosen = wish.env || environment.PROVISIONING_ENV;
  return {
    defaultsFile: platform.configDefaultsFile,
    files: [userPlace(environment), ...workspacePlaces(workspace, infra)],
    ...(workspace === undefined ? {} : { environments: environmentFiles(workspace.layout.configDir) }),
    ...(chosen === undefined || chosen === "" ? {} : { chosenEnvironment: chosen }),
    environment,
    facts: factsOf(wish),
    kcl: kclEvaluator(platform),
  };
}

function userPlace(environment: ConfigWish["environment"]): LayerPlace {
  const base = userPaths(environment).configFile.replace(/\.yaml$/, "");
  return { name: "user", base, ending: ".yaml", section: "config" };
}

function workspacePlaces(workspace: Workspace | undefined, infra: InfraName | undefined): LayerPlace[] {
  if (workspace === undefined) return [];
  const { configDir, infraDir } = workspace.layout;
  const own: LayerPlace = { name: "workspace", base: join(configDir, "provisioning"), ending: ".yaml" };
  return infra === undefined ? [own] : [own, { name: "infra", base: join(infraDir, infra, "config"), ending: ".toml" }];
}

/** The file that says how the workspace is configured. @throws DiagnosticsError CONFIG_AMBIGUOUS */
export async function workspaceConfigFile(workspace: Workspace): Promise<string> {
  const [place] = workspacePlaces(workspace, undefined);
  return (await layerFile(place as LayerPlace)).file;
}

const ENVIRONMENT_FILE = /^(.+)-defaults\.(?:toml|ya?ml|k)$/;

function environmentFiles(configDir: string): NonNullable<ConfigSources["environments"]> {
  return {
    placeOf: (name) => ({ name: "environment", base: join(configDir, `${name}-defaults`), ending: ".toml" }),
    async list() {
      const names = (await readdir(configDir).catch(() => [])).flatMap((file) => ENVIRONMENT_FILE.exec(file)?.[1] ?? []);
      return [...new Set(names)].sort();
    },
  };
}

function factsOf({ platform, environment, workspace, infra }: ConfigWish): Readonly<Record<string, string>> {
  const layout = workspace?.layout;
  return {
    "paths.base": platform.root,
    "paths.config": userPaths(environment).configFile.replace(/\/[^/]*$/, ""),
    ...(environment.HOME === undefined ? {} : { "paths.home": environment.HOME }),
    ...(workspace === undefined || layout === undefined
      ? {}
      : { "paths.workspace": layout.root, "paths.runtime": layout.runtimeDir, "workspace.name": workspace.name }),
    ...(infra === undefined || layout === undefined ? {} : { "paths.infra": join(layout.infraDir, infra), "infra.name": infra }),
  };
}

/** The language is loaded when a file is written in it. */
function kclEvaluator(platform: PlatformLayout): KclEvaluator {
  return async (file, text) => (await import("./evaluate-config.js")).evaluateConfig(platform, file, text);
}
