/** Why a key has its value: what it means, what every layer says, and who won. */

import {
  configKey,
  isBelowTaskservs,
  LAYER_NAMES,
  type Layer,
  type LayerName,
  namesWithin,
  shownValue,
  typeWords,
  variableOf,
} from "@provisioning/config";
import type { Json } from "@provisioning/model";
import { jsonSchema } from "@provisioning/model/wire";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import { explainTaskservSetting } from "./explain-taskserv.js";
import {
  type ConfigEntry,
  configEntrySchema,
  type ConfigFinding,
  configFindingSchema,
  type ConfigScope,
  configScopeShape,
  entryOf,
  knownKey,
  layerNameSchema,
  readHere,
  toFinding,
  valueSchema,
} from "./reading.js";

export interface ExplainConfigInput extends ConfigScope {
  readonly key: string;
}

export interface SaidByLayer {
  readonly layer: LayerName;
  /** The layer's file, when it has one. */
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  /** As it was written; absent: it says nothing. */
  readonly value?: Json;
  readonly wins: boolean;
}

export interface ExplainedConfig {
  readonly key: string;
  readonly description: string;
  readonly type: string;
  readonly unit?: string;
  /** Absent: there is none, as with some settings of taskservs. */
  readonly default?: Json;
  readonly example?: Json;
  /** Settings of taskservs have no variable. */
  readonly variable?: string;
  readonly flag?: string;
  readonly environment?: string;
  readonly infra?: string;
  readonly result: ConfigEntry;
  /** Lowest first. */
  readonly layers: readonly SaidByLayer[];
  /** What is wrong in any layer. */
  readonly findings: readonly ConfigFinding[];
}

const text = z.exactOptional(z.string());

export const explainConfig = defineAction<ExplainConfigInput, ExplainedConfig>({
  name: "config.explain",
  cedar: { action: "explainConfig", resource: "Workspace" },
  effect: "read",
  summary: "Tells what a configuration key means, what each layer says, and which one won.",
  input: z.strictObject({ key: z.string(), ...configScopeShape }),
  output: z.strictObject({
    key: z.string(),
    description: z.string(),
    type: z.string(),
    unit: text,
    default: z.exactOptional(jsonSchema),
    example: z.exactOptional(valueSchema),
    variable: text,
    flag: text,
    environment: text,
    infra: text,
    result: configEntrySchema,
    layers: z.array(
      z.strictObject({
        layer: layerNameSchema,
        file: text,
        line: z.exactOptional(z.int()),
        column: z.exactOptional(z.int()),
        value: z.exactOptional(jsonSchema),
        wins: z.boolean(),
      }),
    ),
    findings: z.array(configFindingSchema),
  }) as unknown as z.ZodMiniType<ExplainedConfig>,
  async run(context, { key: asked, ...scope }) {
    if (isBelowTaskservs(asked)) return explainTaskservSetting(context, asked, scope);
    const key = knownKey(asked);
    const { config, findings, infra } = await readHere(context, scope);
    const { type, description, unit, flag, default: fallback, example } = configKey(key);
    const result = entryOf(config, key);
    const byName = new Map(config.layers.map((layer) => [layer.name, layer]));
    return {
      key,
      description,
      type: typeWords(type),
      ...(unit === undefined ? {} : { unit }),
      default: fallback,
      example,
      variable: variableOf(key),
      ...(flag === undefined ? {} : { flag }),
      ...(config.environment === undefined ? {} : { environment: config.environment }),
      ...(infra === undefined ? {} : { infra }),
      result,
      layers: LAYER_NAMES.map((layer) => saidBy(layer, byName.get(layer), key, result.layer)),
      findings: findings.map(toFinding),
    };
  },
});

function saidBy(name: LayerName, layer: Layer | undefined, key: ReturnType<typeof knownKey>, winner: LayerName): SaidByLayer {
  const value = layer === undefined ? undefined : valueIn(layer, key);
  const position = layer?.positions.get(key);
  return {
    layer: name,
    ...(layer?.file === undefined ? {} : { file: layer.file }),
    ...(value === undefined ? {} : { ...position, value: shownValue(key, value, isEncryptedIn(layer, key)) as Json }),
    wins: name === winner,
  };
}

/** Of a map: any of it. */
function isEncryptedIn(layer: Layer | undefined, key: string): boolean {
  return [...(layer?.encrypted ?? [])].some((path) => path === key || path.startsWith(`${key}.`));
}

function valueIn(layer: Layer, key: ReturnType<typeof knownKey>): unknown {
  if (layer.values.has(key)) return layer.values.get(key) ?? undefined;
  const names = namesWithin(layer, key);
  return names.length === 0 ? undefined : Object.fromEntries(names.map((name) => [name, layer.values.get(`${key}.${name}`)]));
}
