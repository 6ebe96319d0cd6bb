/** Reads the layers that exist: defaults, then the workspace, then flags. */

import { readFile } from "node:fs/promises";
import { readIfThere } from "./read-if-there.js";
import { flagLayer, parseLayer, type Layer } from "./layer.js";
import { type Config, resolveConfig } from "./resolve.js";

export interface ConfigSources {
  /** The platform's `config/config.defaults.toml`. */
  readonly defaultsFile: string;
  /** The workspace's `config/provisioning.yaml`; it may be missing. */
  readonly workspaceFile?: string;
  /** Values of flags by key; `undefined` means not given. */
  readonly flags?: Readonly<Record<string, unknown>>;
}

/** @throws ConfigSyntaxError, DiagnosticsError */
export async function loadConfig(sources: ConfigSources): Promise<Config> {
  const layers: Layer[] = [await parseLayer("defaults", sources.defaultsFile, await readFile(sources.defaultsFile, "utf8"))];
  if (sources.workspaceFile !== undefined) {
    const text = await readIfThere(sources.workspaceFile);
    if (text !== undefined) layers.push(await parseLayer("workspace", sources.workspaceFile, text));
  }
  layers.push(flagLayer(sources.flags ?? {}));
  return resolveConfig(layers);
}
