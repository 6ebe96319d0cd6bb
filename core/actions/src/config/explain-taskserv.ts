/** Why a setting of a taskserv has its value in the configuration: its schema's default, and what every layer says. What a definition says, `why` tells. */

import { LAYER_NAMES, type LayerName, taskservPath } from "@provisioning/config";
import type { ActionContext } from "../context.js";
import type { ExplainedConfig, SaidByLayer } from "./explain.js";
import { type ConfigScope, readHere, toFinding } from "./reading.js";
import { entryOfSetting, saidOfSetting } from "./taskserv-entries.js";
import { checkTaskservSettings, findField, openTaskservSchemas } from "./taskserv-schemas.js";

/** `asked`: `taskservs.nginx.port`. @throws ConfigKeyUnknownError */
export async function explainTaskservSetting(
  context: ActionContext,
  asked: string,
  scope: ConfigScope,
): Promise<ExplainedConfig> {
  const schemas = await openTaskservSchemas(context);
  const field = await findField(context, schemas, taskservPath(asked));
  const { key, taskserv, attribute, default: fallback } = field;
  const { config, findings, infra } = await readHere(context, scope);
  const result = entryOfSetting(config, field);
  const saidBy = (name: LayerName): SaidByLayer => {
    const layer = config.layers.find((one) => one.name === name);
    const ofSchema = fallback && { value: fallback.value, ...fallback.place };
    const said = name === "defaults" ? ofSchema : layer && saidOfSetting(layer, field);
    return { layer: name, ...said, wins: name === result.layer };
  };
  return {
    key,
    description: attribute.description === "" ? `A setting of the taskserv ${taskserv}.` : attribute.description,
    type: attribute.type,
    ...(fallback === undefined ? {} : { default: fallback.value }),
    ...(config.environment === undefined ? {} : { environment: config.environment }),
    ...(infra === undefined ? {} : { infra }),
    result,
    layers: LAYER_NAMES.map(saidBy),
    findings: [...findings, ...checkTaskservSettings(config.layers, schemas)].map(toFinding),
  };
}
