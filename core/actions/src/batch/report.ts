/** What is told of a workflow before it is carried out. */

import type { InfraName, JsonObject, Plan, ProviderName } from "@provisioning/model";
import { infraNameSchema, jsonObjectSchema, operationIdSchema, planSchema } from "@provisioning/model/wire";
import type { BatchOutlook } from "@provisioning/planner";
import * as z from "zod/mini";

/** A workflow that can be carried out. */
export interface BatchValidation {
  readonly name: string;
  readonly infra: InfraName;
  /** With every default filled in. */
  readonly workflow: JsonObject;
  readonly operations: number;
}

export const batchValidationSchema: z.ZodMiniType<BatchValidation> = z.strictObject({
  name: z.string(),
  infra: infraNameSchema,
  workflow: jsonObjectSchema,
  operations: z.int(),
});

/** What a dry run tells. */
export interface BatchForecast extends BatchOutlook {
  readonly name: string;
  readonly infra: InfraName;
  /** What the workflow is about, and nothing else. */
  readonly plan: Plan;
  /** What is there was looked at; else it is taken as it was recorded, and this says why. */
  readonly unseen?: string;
  readonly limits: BatchLimits;
}

export interface BatchLimits {
  /** Steps at the same time. */
  readonly parallel: number;
  /** Steps between two checkpoints. */
  readonly checkpointInterval: number;
  /** Tries of each step. */
  readonly attempts: number;
  /** Of the providers that are called: calls a second, servers at the same time. */
  readonly providers: readonly { readonly name: ProviderName; readonly callsPerSecond: number; readonly servers: number }[];
}

const memberSchema = z.strictObject({
  id: z.string(),
  items: z.array(z.string()),
  region: z.exactOptional(z.string()),
  steps: z.array(z.string()),
});

/** Of `BatchOutlook`. */
export const outlookShape = {
  waves: z.array(z.array(memberSchema)),
  order: z.array(z.strictObject({ id: operationIdSchema, title: z.string(), wave: z.int(), after: z.array(operationIdSchema) })),
  longestPath: z.array(z.string()),
};

export const batchForecastSchema = z.strictObject({
  name: z.string(),
  infra: infraNameSchema,
  plan: planSchema,
  unseen: z.exactOptional(z.string()),
  ...outlookShape,
  limits: z.strictObject({
    parallel: z.int(),
    checkpointInterval: z.int(),
    attempts: z.int(),
    providers: z.array(z.strictObject({ name: z.string(), callsPerSecond: z.number(), servers: z.int() })),
  }),
}) as unknown as z.ZodMiniType<BatchForecast>;
