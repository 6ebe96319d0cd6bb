/** What differs between two ways to look at the configuration: layers, environments, infras. */

import { CONFIG_KEY_NAMES, type Config, LAYER_NAMES, type LayerName, readConfig } from "@provisioning/config";
import { canonicalJson, type Json, ProvisioningError } from "@provisioning/model";
import { jsonSchema } from "@provisioning/model/wire";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import type { ActionContext } from "../context.js";
import { type ConfigScope, configScopeShape, type ConfigEntry, entryOf, layerNameSchema, readHere, usable } from "./reading.js";
import { entriesOfLayers } from "./taskserv-entries.js";

export interface DiffConfigInput extends ConfigScope {
  /** `now`, `env:NAME`, `infra:NAME`, or a layer: everything up to it. Default: `defaults`. */
  readonly from?: string;
  /** Default: `now`. */
  readonly to?: string;
}

export interface ConfigDifference {
  readonly key: string;
  readonly from: Json;
  readonly fromLayer: LayerName;
  readonly to: Json;
  readonly toLayer: LayerName;
}

export const diffConfig = defineAction<DiffConfigInput, readonly ConfigDifference[]>({
  name: "config.diff",
  cedar: { action: "diffConfig", resource: "Workspace" },
  effect: "read",
  summary: "Compares the configuration of two layers, environments or infras.",
  input: z.strictObject({ from: z.exactOptional(z.string()), to: z.exactOptional(z.string()), ...configScopeShape }),
  output: z.array(
    z.strictObject({
      key: z.string(),
      from: jsonSchema,
      fromLayer: layerNameSchema,
      to: jsonSchema,
      toLayer: layerNameSchema,
    }),
  ) as unknown as z.ZodMiniType<readonly ConfigDifference[]>,
  async run(context, { from = "defaults", to = "now", ...scope }) {
    const [left, right] = [await sideOf(context, scope, from), await sideOf(context, scope, to)];
    const keys = CONFIG_KEY_NAMES.flatMap((key) => {
      const isSame = canonicalJson(left.get(key) as Json) === canonicalJson(right.get(key) as Json);
      return isSame ? [] : differenceOf(entryOf(left, key), entryOf(right, key));
    });
    const settings = (await entriesOfLayers(context, [left, right])).flatMap(([before, after]) =>
      before === undefined || after === undefined || canonicalJson(before.value) === canonicalJson(after.value)
        ? []
        : differenceOf(before, after),
    );
    return [...keys, ...settings];
  },
});

function differenceOf(before: ConfigEntry, after: ConfigEntry): ConfigDifference {
  return { key: before.key, from: before.value, fromLayer: before.layer, to: after.value, toLayer: after.layer };
}

async function sideOf(context: ActionContext, scope: ConfigScope, side: string): Promise<Config> {
  const [kind, name] = splitOnce(side);
  if (name === undefined && side === "now") return usable(await readHere(context, scope));
  if (kind === "env" && name !== undefined) return usable(await readHere({ ...context, env: name }, scope));
  if (kind === "infra" && name !== undefined) return usable(await readHere(context, { infra: name }));
  const layer = LAYER_NAMES.find((one) => one === side);
  if (layer === undefined) throw new SideUnknownError(side);
  return upTo(context, scope, layer);
}

/** As if the layers above were not there. */
async function upTo(context: ActionContext, scope: ConfigScope, layer: LayerName): Promise<Config> {
  const { sources } = await readHere(context, scope);
  return usable(await readConfig({ ...sources, upTo: layer }));
}

function splitOnce(side: string): readonly [string, string | undefined] {
  const at = side.indexOf(":");
  return at === -1 ? [side, undefined] : [side.slice(0, at), side.slice(at + 1)];
}

class SideUnknownError extends ProvisioningError {
  constructor(side: string) {
    super({
      code: "INPUT_INVALID",
      message: `${JSON.stringify(side)} is nothing that can be compared.`,
      hint: `Say now, env:NAME, infra:NAME, or a layer: ${LAYER_NAMES.join(", ")}.`,
    });
  }
}
