/** The keys as JSON Schema, and as schemas of KCL. */

import { jsonSchemaOfConfig, kclSchemaOfConfig } from "@provisioning/config";
import type { JsonObject } from "@provisioning/model";
import * as z from "zod/mini";
import { defineAction } from "../action.js";

export const configSchema = defineAction<Readonly<Record<never, never>>, JsonObject>({
  name: "config.schema",
  cedar: { action: "configSchema", resource: "Catalog" },
  effect: "read",
  summary: "Gives the JSON Schema of configuration files, for editors.",
  input: z.strictObject({}),
  output: z.record(z.string(), z.unknown()) as unknown as z.ZodMiniType<JsonObject>,
  run: () => Promise.resolve(jsonSchemaOfConfig() as JsonObject),
});

/** What `kcl/config.k` of the platform says. */
export const configKclSchema = defineAction<Readonly<Record<never, never>>, { readonly text: string }>({
  name: "config.kclSchema",
  cedar: { action: "configKclSchema", resource: "Catalog" },
  effect: "read",
  summary: "Gives the KCL module with a schema for each section of the configuration.",
  input: z.strictObject({}),
  output: z.strictObject({ text: z.string() }),
  run: () => Promise.resolve({ text: kclSchemaOfConfig() }),
});
