/** The keys as JSON Schema. */

import { jsonSchemaOfConfig } from "@provisioning/config";
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
