/**
 * Settings of taskservs as entries of the configuration: what schemas and layers say together, before any definition does. Like everything else
 * of the configuration they are only told when all of them fit.
 */

import { type Config, type Layer, taskservPath, taskservSettings } from "@provisioning/config";
import { DiagnosticsError, type Json } from "@provisioning/model";
import type { ActionContext } from "../context.js";
import { configuredTaskservs } from "../desired/configured-taskservs.js";
import { shownConfig } from "../infra/without-secrets.js";
import type { ConfigEntry } from "./reading.js";
import {
  checkTaskservSettings,
  fieldsAtTop,
  findField,
  openTaskservSchemas,
  type TaskservField,
  type TaskservSchemas,
} from "./taskserv-schemas.js";

/** One setting, all of a taskserv, or all that there are: `taskservs.redis.port`, `taskservs.redis`, `taskservs`. @throws ConfigKeyUnknownError, DiagnosticsError */
export async function entriesBelowTaskservs(
  context: ActionContext,
  config: Config,
  key: string,
): Promise<readonly ConfigEntry[]> {
  const schemas = await openTaskservSchemas(context);
  const [taskserv, ...path] = taskservPath(key);
  const names = taskserv === undefined ? [...schemas.catalog.keys()].sort() : [taskserv];
  const fields =
    taskserv !== undefined && path.length > 0
      ? [await findField(context, schemas, [taskserv, ...path])]
      : (await Promise.all(names.map((name) => fieldsAtTop(context, schemas, name)))).flat();
  assertFitting(config, schemas);
  return fields.map((field) => entryOfSetting(config, field));
}

/** The settings that a layer of any of the configurations says something about, as each configuration has them. @throws DiagnosticsError */
export async function entriesOfLayers(
  context: ActionContext,
  configs: readonly Config[],
): Promise<readonly (readonly ConfigEntry[])[]> {
  const layers = configs.flatMap((config) => config.layers);
  if (taskservSettings(layers).length === 0) return [];
  const schemas = await openTaskservSchemas(context);
  for (const config of configs) assertFitting(config, schemas);
  const names = [...configuredTaskservs(layers).keys()].sort();
  const fields = await Promise.all(names.map((name) => fieldsAtTop(context, schemas, name)));
  return fields
    .flat()
    .map((field) => configs.map((config) => entryOfSetting(config, field)))
    .filter((entries) => entries.some(({ layer }) => layer !== "defaults"));
}

function assertFitting({ layers }: Config, schemas: TaskservSchemas): void {
  const errors = checkTaskservSettings(layers, schemas).filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new DiagnosticsError(errors);
}

/** The highest layer that says something about it counts as the one that decided, also of a section that several layers make up. */
export function entryOfSetting({ layers }: Config, field: TaskservField): ConfigEntry {
  const { key, default: fallback } = field;
  const winner = layers.findLast((layer) => valueIn([layer], field) !== undefined);
  const value = shown((winner === undefined ? fallback?.value : valueIn(layers, field)) ?? null, field);
  const place = winner === undefined ? { layer: "defaults" as const, ...fallback?.place } : saidIn(winner, field);
  return { key, value, raw: value, layer: "defaults", ...place, ...(winner && { layer: winner.name }) };
}

export interface SaidOfSetting {
  /** Absent: the layer says nothing. */
  readonly value?: Json;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

/** Where a layer says something about a setting. */
function saidIn(layer: Layer, { taskserv, path }: TaskservField): Omit<SaidOfSetting, "value"> {
  const position = configuredTaskservs([layer]).get(taskserv)?.positions[path.join(".")];
  return { ...(layer.file === undefined ? {} : { file: layer.file }), ...position };
}

/** What a layer says about a setting, fit to be shown. */
export function saidOfSetting(layer: Layer, field: TaskservField): SaidOfSetting {
  const value = valueIn([layer], field);
  if (value === undefined) return layer.file === undefined ? {} : { file: layer.file };
  return { ...saidIn(layer, field), value: shown(value, field) };
}

function valueIn(layers: readonly Layer[], { taskserv, path }: TaskservField): Json | undefined {
  return path.reduce<Json | undefined>(memberOf, configuredTaskservs(layers).get(taskserv)?.config);
}

function memberOf(value: Json | undefined, key: string): Json | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, Json>)[key] : undefined;
}

function shown(value: Json, { path, extension }: TaskservField): Json {
  return shownConfig(value, path, extension.manifest.secrets);
}
