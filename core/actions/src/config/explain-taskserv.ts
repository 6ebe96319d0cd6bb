/** Why a setting of a taskserv has its value in the configuration: its schema's default, and what every layer says. What a definition says, `why` tells. */

import { LAYER_NAMES, type LayerName, taskservPath } from "@provisioning/config";
import type { Json } from "@provisioning/model";
import type { ActionContext } from "../context.js";
import { configuredTaskservs } from "../desired/configured-taskservs.js";
import { shownConfig } from "../infra/without-secrets.js";
import type { ExplainedConfig, SaidByLayer } from "./explain.js";
import { type ConfigScope, readHere, toFinding } from "./reading.js";
import { checkTaskservSettings, findField, openTaskservSchemas } from "./taskserv-schemas.js";

/** `key`: `taskservs.nginx.port`. @throws ConfigKeyUnknownError */
export async function explainTaskservSetting(context: ActionContext, key: string, scope: ConfigScope): Promise<ExplainedConfig> {
  const [taskserv = "", ...path] = taskservPath(key);
  const schemas = await openTaskservSchemas(context);
  const { extension, attribute, default: fallback } = await findField(context, schemas, [taskserv, ...path]);
  const { config, findings, infra } = await readHere(context, scope);
  const saidBy = (name: LayerName): Omit<SaidByLayer, "wins"> => {
    if (name === "defaults") return { layer: name, ...(fallback && { value: fallback.value, ...fallback.place }) };
    const layer = config.layers.find((one) => one.name === name);
    const configured = layer === undefined ? undefined : configuredTaskservs([layer]).get(taskserv);
    const value = path.reduce<Json | undefined>((at, part) => memberOf(at, part), configured?.config);
    const shown =
      value === undefined
        ? {}
        : { ...configured?.positions[path.join(".")], value: shownConfig(value, path, extension.manifest.secrets) };
    return { layer: name, ...(layer?.file === undefined ? {} : { file: layer.file }), ...shown };
  };
  const said = LAYER_NAMES.map(saidBy);
  const winner = said.findLast(({ value }) => value !== undefined) ?? said[0];
  const { value: decided = null, layer = "defaults", file, line, column } = winner ?? {};
  const place = { ...(file && { file }), ...(line && { line }), ...(column && { column }) };
  return {
    key,
    description: attribute.description === "" ? `A setting of the taskserv ${taskserv}.` : attribute.description,
    type: attribute.type,
    ...(fallback === undefined ? {} : { default: fallback.value }),
    ...(config.environment === undefined ? {} : { environment: config.environment }),
    ...(infra === undefined ? {} : { infra }),
    result: { key, value: decided, raw: decided, layer, ...place },
    layers: said.map((one) => ({ ...one, wins: one.layer === layer })),
    findings: [...findings, ...checkTaskservSettings(config.layers, schemas)].map(toFinding),
  };
}

function memberOf(value: Json | undefined, key: string): Json | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, Json>)[key] : undefined;
}
