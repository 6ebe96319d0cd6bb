/** Everything that a configuration file can say: the platform's keys, and the settings of every taskserv by its schema. */

import { CONFIG_KEY_NAMES, configKey, type LayerName, LAYER_NAMES, typeWords, variableOf } from "@provisioning/config";
import type { Json } from "@provisioning/model";
import { jsonSchema } from "@provisioning/model/wire";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import type { ActionContext } from "../context.js";
import { layerNameSchema } from "./reading.js";
import { fieldsOf, openTaskservSchemas, type TaskservSchemas } from "./taskserv-schemas.js";

export interface ConfigAccessor {
  readonly key: string;
  /** Of a key in words, of a taskserv's setting as its schema writes it. */
  readonly type: string;
  readonly unit?: string;
  /** Absent: there is none; a taskserv's setting may be left out, or is `required`. */
  readonly default?: Json;
  readonly required: boolean;
  readonly description: string;
  /** The variable that sets it. Settings of taskservs have none. */
  readonly variable?: string;
  /** Where it may be said, the lowest first. */
  readonly layers: readonly LayerName[];
}

const text = z.exactOptional(z.string());

export const listAccessors = defineAction<Readonly<Record<never, never>>, readonly ConfigAccessor[]>({
  name: "config.accessors",
  cedar: { action: "listAccessors", resource: "Catalog" },
  effect: "read",
  summary: "Lists everything that the configuration can say, with types, defaults, meanings and layers.",
  input: z.strictObject({}),
  output: z.array(
    z.strictObject({
      key: z.string(),
      type: z.string(),
      unit: text,
      default: z.exactOptional(jsonSchema),
      required: z.boolean(),
      description: z.string(),
      variable: text,
      layers: z.array(layerNameSchema),
    }),
  ) as unknown as z.ZodMiniType<readonly ConfigAccessor[]>,
  async run(context) {
    const schemas = await openTaskservSchemas(context);
    const names = [...schemas.catalog.keys()].sort();
    const settings = await Promise.all(names.map((name) => ofTaskserv(context, schemas, name)));
    return [...CONFIG_KEY_NAMES.map(ofKey), ...settings.flat()];
  },
});

function ofKey(key: (typeof CONFIG_KEY_NAMES)[number]): ConfigAccessor {
  const { type, unit, default: fallback, description, scope } = configKey(key);
  const refused: readonly LayerName[] =
    scope === "workspace" ? ["infra"] : scope === "user" ? ["workspace", "infra", "environment"] : [];
  return {
    key,
    type: typeWords(type),
    ...(unit === undefined ? {} : { unit }),
    default: fallback,
    required: false,
    description,
    variable: variableOf(key),
    layers: LAYER_NAMES.filter((layer) => !refused.includes(layer)),
  };
}

/** Only files say something about them. */
const FILES: readonly LayerName[] = ["user", "workspace", "infra", "environment"];

async function ofTaskserv(
  context: ActionContext,
  { catalog, checker }: TaskservSchemas,
  taskserv: string,
): Promise<readonly ConfigAccessor[]> {
  const extension = catalog.get(taskserv);
  if (extension === undefined) return [];
  return (await fieldsOf(context, taskserv)).map(({ name, type, required, description, default: written }): ConfigAccessor => {
    const value = checker.defaultsOf(extension, {}, [name]).at(-1)?.value ?? written;
    return {
      key: `taskservs.${taskserv}.${name}`,
      type,
      ...(value === undefined ? {} : { default: value }),
      required,
      description,
      layers: FILES,
    };
  });
}
