/** Changes a setting of a taskserv in the file of a layer, if the taskserv's schema has nothing against it. */

import { type Config, taskservPath } from "@provisioning/config";
import { type Diagnostic, DiagnosticsError, isJsonObject, type Json, type JsonObject, taskservName } from "@provisioning/model";
import type { ActionContext } from "../context.js";
import { checkConfig } from "../desired/check-configs.js";
import { configuredTaskservs } from "../desired/configured-taskservs.js";
import { afterChange, type ChangedConfig, LAYER_OF } from "./changed.js";
import { type EditableLayer, type EditScope, layerToEdit, writeEdit } from "./layer-to-edit.js";
import { readHere } from "./reading.js";
import { entryOfSetting } from "./taskserv-entries.js";
import { findField, openTaskservSchemas, type TaskservField, type TaskservSchemas } from "./taskserv-schemas.js";
import { meaningsOf } from "./typed-json.js";

/** `given`: text is read as the schema wants it; `null` takes the setting away. @throws ConfigKeyUnknownError, DiagnosticsError; nothing is written then */
export async function changeSetting(
  context: ActionContext,
  asked: string,
  given: Json,
  { check = false, ...scope }: EditScope,
): Promise<ChangedConfig> {
  const schemas = await openTaskservSchemas(context);
  const field = await findField(context, schemas, taskservPath(asked));
  const target = await layerToEdit(context, scope);
  const before = inLayer((await readHere(context, scope)).config, target.layer, field);
  const value = fitting(given, before, field, schemas);
  const written = await writeEdit(target, new Map([[field.key, value]]), context, { check });
  return afterChange(context, scope, target, {
    path: field.key,
    written,
    isSet: value !== undefined,
    resultIn: (config) => entryOfSetting(config, field),
  });
}

function inLayer({ layers }: Config, layer: EditableLayer, { taskserv }: TaskservField): JsonObject {
  const own = layers.filter(({ name }) => name === LAYER_OF[layer]);
  return configuredTaskservs(own).get(taskserv)?.config ?? {};
}

/**
 * The first meaning of what was given that the schema accepts, in what the layer says of the taskserv besides. What is wrong in the layer
 * whatever becomes of the setting is no reason. @throws DiagnosticsError
 */
function fitting(given: Json, layer: JsonObject, field: TaskservField, { checker }: TaskservSchemas): Json | undefined {
  const { extension, path } = field;
  const problems = (config: JsonObject): readonly Diagnostic[] =>
    checkConfig({ taskserv: taskservName(field.taskserv), config, positions: {}, isPart: true }, extension, checker);
  const without = new Set(problems(withValue(layer, path, undefined)).map(({ summary }) => summary));
  const stale = new Set(problems(layer).flatMap(({ summary }) => (without.has(summary) ? [summary] : [])));
  const isTyped = (config: JsonObject) =>
    !checker
      .checkConfig(extension, config)
      .some(({ kind, path: at }) => kind === "type" && path.every((key, index) => at[index] === key));
  let refused: { readonly errors: readonly Diagnostic[]; readonly isTyped: boolean } | undefined;
  for (const value of meanings(given, field)) {
    const config = withValue(layer, path, value);
    const errors = problems(config).filter(({ summary }) => !stale.has(summary));
    if (errors.length === 0) return value;
    // A value of the right type is what was meant.
    if (refused === undefined || (!refused.isTyped && isTyped(config))) refused = { errors, isTyped: isTyped(config) };
  }
  throw new DiagnosticsError(refused?.errors ?? []);
}

function meanings(given: Json, { attribute }: TaskservField): readonly (Json | undefined)[] {
  if (given === null) return [undefined];
  return typeof given === "string" ? meaningsOf(given, isTextType(attribute.type)) : [given];
}

/** `str`, or one of several texts. */
function isTextType(type: string): boolean {
  return type.split(" | ").every((part) => part === "str" || part.startsWith('"'));
}

function withValue(config: JsonObject, [key = "", ...rest]: readonly string[], value: Json | undefined): JsonObject {
  const { [key]: before, ...others } = config;
  if (rest.length > 0) return { ...others, [key]: withValue(isJsonObject(before) ? before : {}, rest, value) };
  return value === undefined ? others : { ...others, [key]: value };
}
