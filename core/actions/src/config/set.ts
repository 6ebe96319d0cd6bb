/** Sets a key in a file of one layer. */

import { configKey, fromText, isBelowTaskservs, isConfigKey, type ConfigKeyName, mapAround } from "@provisioning/config";
import type { Json } from "@provisioning/model";
import { jsonSchema } from "@provisioning/model/wire";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import { afterChange, assertNoSecret, type ChangedConfig, changedConfigSchema } from "./changed.js";
import { type EditScope, editableLayerSchema, layerToEdit, writeEdit } from "./layer-to-edit.js";
import { ConfigKeyUnknownError, configScopeShape, entryOf } from "./reading.js";
import { changeSetting } from "./taskserv-change.js";

export interface SetConfigInput extends EditScope {
  /** A key, a name in a key that holds texts by name, or a setting of a taskserv. */
  readonly key: string;
  /** Text is read as the type of the key or setting: numbers, `true`, `a,b` for a list, JSON for a setting. `null` takes the key away. */
  readonly value: Json;
}

/** @throws DiagnosticsError when the value does not fit; nothing is written then */
export const setConfig = defineAction<SetConfigInput, ChangedConfig>({
  name: "config.set",
  cedar: { action: "setConfig", resource: "Workspace" },
  effect: "change",
  summary: "Sets a configuration key or a taskserv's setting in the file of a layer; comments and order stay.",
  input: z.strictObject({
    key: z.string(),
    value: jsonSchema,
    layer: z.exactOptional(editableLayerSchema),
    check: z.exactOptional(z.boolean()),
    ...configScopeShape,
  }) as unknown as z.ZodMiniType<SetConfigInput>,
  output: changedConfigSchema,
  async run(context, { key: path, value: given, layer, check = false, ...scope }) {
    const scopeOfEdit = { ...scope, ...(layer === undefined ? {} : { layer }), check };
    if (isBelowTaskservs(path)) return changeSetting(context, path, given, scopeOfEdit);
    const key = keyAt(path);
    const typed = typeof given === "string" && key === path ? fromText(configKey(key).type, given) : given;
    const value = typed ?? undefined;
    assertNoSecret(key, value);
    const target = await layerToEdit(context, scopeOfEdit);
    const written = await writeEdit(target, new Map([[path, value]]), context, { check });
    return afterChange(context, scope, target, {
      path,
      written,
      isSet: value !== undefined,
      resultIn: (config) => entryOf(config, key),
    });
  },
});

/** @throws ConfigKeyUnknownError */
export function keyAt(path: string): ConfigKeyName {
  const key = isConfigKey(path) ? path : mapAround(path);
  if (key === undefined) throw new ConfigKeyUnknownError(path);
  return key;
}
