/** What became of a change to the configuration. */

import { type Config, configKey, type ConfigKeyName, isSecretReference, readConfig, shownValue } from "@provisioning/config";
import { type Json, ProvisioningError } from "@provisioning/model";
import * as z from "zod/mini";
import type { ActionContext } from "../context.js";
import { type EditableLayer, editableLayerSchema, type LayerToEdit, type WrittenEdit } from "./layer-to-edit.js";
import { type ConfigEntry, configEntrySchema, type ConfigScope, readHere } from "./reading.js";

export interface ChangedConfig {
  readonly key: string;
  readonly layer: EditableLayer;
  readonly file: string;
  /** The file says something else than before. */
  readonly changed: boolean;
  /** What applies now; another layer may have the last word. */
  readonly result: ConfigEntry;
  /** A higher layer decides, so the change has no effect here. */
  readonly overruled: boolean;
}

export const changedConfigSchema = z.strictObject({
  key: z.string(),
  layer: editableLayerSchema,
  file: z.string(),
  changed: z.boolean(),
  result: configEntrySchema,
  overruled: z.boolean(),
}) as unknown as z.ZodMiniType<ChangedConfig>;

interface Change {
  readonly path: string;
  readonly written: WrittenEdit;
  /** Not taken away. */
  readonly isSet: boolean;
  readonly resultIn: (config: Config) => ConfigEntry;
}

export const LAYER_OF = { user: "user", workspace: "workspace", infra: "infra", env: "environment" } as const;

export async function afterChange(
  context: ActionContext,
  scope: ConfigScope,
  { layer, file }: LayerToEdit,
  { path, written, isSet, resultIn }: Change,
): Promise<ChangedConfig> {
  const { changed, read } = written;
  const { sources } = await readHere(context, scope);
  const result = resultIn((await readConfig({ ...sources, read })).config);
  return { key: path, layer, file, changed, result, overruled: isSet && result.layer !== LAYER_OF[layer] };
}

/** Files are committed and copied. @throws ProvisioningError CONFIG_SECRET */
export function assertNoSecret(key: ConfigKeyName, value: unknown): void {
  if (configKey(key).secret === undefined || shownValue(key, value) === value || isSecretReference(value as Json)) return;
  throw new ProvisioningError({
    code: "CONFIG_SECRET",
    message: `${key} is a secret, which no file may hold.`,
    hint: "Give a reference instead: env://NAME, file://PATH.",
  });
}
