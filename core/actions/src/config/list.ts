/** Every key with its value and where that came from, and the settings of taskservs that a layer has. */

import { CONFIG_KEY_NAMES } from "@provisioning/config";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import { type ConfigEntry, configEntrySchema, type ConfigScope, configScopeShape, entryOf, readHere, usable } from "./reading.js";
import { entriesOfLayers } from "./taskserv-entries.js";

export interface ListConfigInput extends ConfigScope {
  /** Only what differs from the platform's defaults. */
  readonly changed?: boolean;
}

export const listConfig = defineAction<ListConfigInput, readonly ConfigEntry[]>({
  name: "config.list",
  cedar: { action: "listConfig", resource: "Workspace" },
  effect: "read",
  summary: "Lists every configuration key, and the settings of taskservs that a layer has, with value and where that came from.",
  input: z.strictObject({ changed: z.exactOptional(z.boolean()), ...configScopeShape }),
  output: z.array(configEntrySchema),
  async run(context, { changed = false, ...scope }) {
    const config = usable(await readHere(context, scope));
    const settings = (await entriesOfLayers(context, [config])).flat();
    const entries = [...CONFIG_KEY_NAMES.map((key) => entryOf(config, key)), ...settings];
    return changed ? entries.filter(({ layer }) => layer !== "defaults") : entries;
  },
});
