/** All files that the configuration is read from, those that are there and those that could be. */

import { layerFile, type LayerName } from "@provisioning/config";
import { userPaths } from "@provisioning/workspace";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import { type ConfigScope, configScopeShape, layerNameSchema, readHere } from "./reading.js";

export interface ConfigFiles {
  readonly environment?: string;
  readonly infra?: string;
  /** Environments that have a file. */
  readonly environments: readonly string[];
  /** Lowest first. */
  readonly layers: readonly {
    readonly layer: LayerName;
    readonly file: string;
    /** Where the keys begin in the file; absent: at the top. */
    readonly section?: string;
    readonly exists: boolean;
  }[];
  /** The user's folder. */
  readonly configFolder: string;
}

export const whereIsConfig = defineAction<ConfigScope, ConfigFiles>({
  name: "config.where",
  cedar: { action: "whereIsConfig", resource: "Workspace" },
  effect: "read",
  summary: "Tells which files the configuration is read from.",
  input: z.strictObject(configScopeShape),
  output: z.strictObject({
    environment: z.exactOptional(z.string()),
    infra: z.exactOptional(z.string()),
    environments: z.array(z.string()),
    layers: z.array(
      z.strictObject({
        layer: layerNameSchema,
        file: z.string(),
        section: z.exactOptional(z.string()),
        exists: z.boolean(),
      }),
    ),
    configFolder: z.string(),
  }),
  async run(context, scope) {
    const { config, infra, sources } = await readHere(context, scope);
    const { environments, files = [], defaultsFile } = sources;
    const own = config.environment === undefined ? [] : [environments?.placeOf(config.environment)];
    const places = [...files, ...own.filter((place) => place !== undefined)];
    const found = await Promise.all(
      places.map(async (place) => {
        const { file, text } = await layerFile(place);
        const section = place.section === undefined ? {} : { section: place.section };
        return { layer: place.name, file, ...section, exists: text !== undefined };
      }),
    );
    return {
      ...(config.environment === undefined ? {} : { environment: config.environment }),
      ...(infra === undefined ? {} : { infra }),
      environments: (await environments?.list()) ?? [],
      layers: [
        { layer: "defaults", file: defaultsFile, exists: config.layers.some(({ name }) => name === "defaults") },
        ...found,
      ],
      configFolder: userPaths(context.environment).configFile.replace(/\/[^/]*$/, ""),
    };
  },
});
