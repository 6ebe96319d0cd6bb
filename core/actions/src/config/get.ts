/** One value, or all below a section. */

import { CONFIG_KEY_NAMES, isConfigKey } from "@provisioning/config";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import {
  type ConfigEntry,
  configEntrySchema,
  ConfigKeyUnknownError,
  type ConfigScope,
  configScopeShape,
  entryOf,
  readHere,
  usable,
} from "./reading.js";

export interface GetConfigInput extends ConfigScope {
  /** A key such as `servers.default_plan`, or a section such as `servers`. */
  readonly key: string;
}

export const getConfig = defineAction<GetConfigInput, readonly ConfigEntry[]>({
  name: "config.get",
  cedar: { action: "getConfig", resource: "Workspace" },
  effect: "read",
  summary: "Gives the value of a configuration key, or of all keys of a section.",
  input: z.strictObject({ key: z.string(), ...configScopeShape }),
  output: z.array(configEntrySchema),
  async run(context, { key, ...scope }) {
    const wanted = isConfigKey(key) ? [key] : CONFIG_KEY_NAMES.filter((name) => name.startsWith(`${key}.`));
    if (wanted.length === 0) throw new ConfigKeyUnknownError(key);
    const config = usable(await readHere(context, scope));
    return wanted.map((name) => entryOf(config, name));
  },
});
