/** Takes a key out of the file of one layer: the layer below decides again. */

import { isBelowTaskservs } from "@provisioning/config";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import { afterChange, type ChangedConfig, changedConfigSchema } from "./changed.js";
import { type EditScope, editableLayerSchema, layerToEdit, writeEdit } from "./layer-to-edit.js";
import { configScopeShape, entryOf } from "./reading.js";
import { keyAt } from "./set.js";
import { changeSetting } from "./taskserv-change.js";

export interface UnsetConfigInput extends EditScope {
  readonly key: string;
}

export const unsetConfig = defineAction<UnsetConfigInput, ChangedConfig>({
  name: "config.unset",
  cedar: { action: "unsetConfig", resource: "Workspace" },
  effect: "change",
  summary: "Takes a configuration key or a taskserv's setting out of the file of a layer.",
  input: z.strictObject({
    key: z.string(),
    layer: z.exactOptional(editableLayerSchema),
    check: z.exactOptional(z.boolean()),
    ...configScopeShape,
  }),
  output: changedConfigSchema,
  async run(context, { key: path, layer, check = false, ...scope }) {
    const scopeOfEdit = { ...scope, ...(layer === undefined ? {} : { layer }), check };
    if (isBelowTaskservs(path)) return changeSetting(context, path, null, scopeOfEdit);
    const key = keyAt(path);
    const target = await layerToEdit(context, scopeOfEdit);
    const written = await writeEdit(target, new Map([[path, undefined]]), context, { check });
    return afterChange(context, scope, target, { path, written, isSet: false, resultIn: (config) => entryOf(config, key) });
  },
});
