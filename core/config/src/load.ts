/** Reads the layers that exist: defaults, the user's, the workspace's, the environment, flags. */

import { readFile } from "node:fs/promises";
import { readIfThere } from "./read-if-there.js";
import { below, environmentLayer, flagLayer, parseLayer, type Layer } from "./layer.js";
import { type Config, resolveConfig } from "./resolve.js";

export interface ConfigSources {
  /** The platform's `config/config.defaults.toml`. */
  readonly defaultsFile: string;
  /** The user's `user_config.yaml`, which says such things below `config`; it may be missing. */
  readonly userFile?: string;
  /** The workspace's `config/provisioning.yaml`; it may be missing. */
  readonly workspaceFile?: string;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Values of flags by key; `undefined` means not given. */
  readonly flags?: Readonly<Record<string, unknown>>;
}

/** @throws ConfigSyntaxError, DiagnosticsError */
export async function loadConfig(sources: ConfigSources): Promise<Config> {
  const layers: Layer[] = [await parseLayer("defaults", sources.defaultsFile, await readFile(sources.defaultsFile, "utf8"))];
  const userLayer = await readLayer("user", sources.userFile);
  if (userLayer !== undefined) layers.push(below(userLayer, "config"));
  const workspaceLayer = await readLayer("workspace", sources.workspaceFile);
  if (workspaceLayer !== undefined) layers.push(workspaceLayer);
  layers.push(environmentLayer(sources.environment ?? {}));
  layers.push(flagLayer(sources.flags ?? {}));
  return resolveConfig(layers);
}

async function readLayer(name: string, file: string | undefined): Promise<Layer | undefined> {
  const text = file === undefined ? undefined : await readIfThere(file);
  return file === undefined || text === undefined ? undefined : parseLayer(name, file, text);
}
