/** One value, or all below a section. */

import { CONFIG_KEY_NAMES, isBelowTaskservs, isConfigKey } from "@provisioning/config";
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
import { entriesBelowTaskservs } from "./taskserv-entries.js";

export interface GetConfigInput extends ConfigScope {
  /** A key such as `servers.default_plan`, a setting such as `taskservs.redis.port`, or a section such as `servers` or `taskservs.redis`. */
  readonly key: string;
}

export const getConfig = defineAction<GetConfigInput, readonly ConfigEntry[]>({
  name: "config.get",
  cedar: { action: "getConfig", resource: "Workspace" },
  effect: "read",
  summary: "Gives the value of a configuration key or of a taskserv's setting, or of all of a section.",
  input: z.strictObject({ key: z.string(), ...configScopeShape }),
  output: z.array(configEntrySchema),
  async run(context, { key, ...scope }) {
    if (isBelowTaskservs(key)) return entriesBelowTaskservs(context, usable(await readHere(context, scope)), key);
    const wanted = isConfigKey(key) ? [key] : CONFIG_KEY_NAMES.filter((name) => name.startsWith(`${key}.`));
    if (wanted.length === 0) throw new ConfigKeyUnknownError(key);
    const config = usable(await readHere(context, scope));
    return wanted.map((name) => entryOf(config, name));
  },
});
