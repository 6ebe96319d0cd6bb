/** The schema of a plan. */

import * as z from "zod/mini";
import type { Change, FieldChange, Plan, PlanDigests, PlanEstimate, StepPreview } from "../plan.js";
import { addressSchema, infraNameSchema, jsonSchema, providerNameSchema, sourcePositionSchema } from "./scalars.js";

const fieldChangeSchema: z.ZodMiniType<FieldChange> = z.strictObject({
  path: z.string(),
  before: z.exactOptional(jsonSchema),
  after: z.exactOptional(jsonSchema),
  forcesReplacement: z.exactOptional(z.boolean()),
  position: z.exactOptional(sourcePositionSchema),
  secret: z.exactOptional(z.strictObject({ before: z.exactOptional(z.string()), after: z.exactOptional(z.string()) })),
});

const stepPreviewSchema: z.ZodMiniType<StepPreview> = z.strictObject({
  id: z.string(),
  title: z.string(),
  diff: z.exactOptional(z.string()),
});

export const changeSchema: z.ZodMiniType<Change> = z.strictObject({
  address: addressSchema,
  kind: z.enum(["create", "update", "replace", "delete", "read", "none"]),
  resource: z.enum(["network", "server", "taskserv"]),
  provider: providerNameSchema,
  reasons: z.array(z.string()),
  fields: z.array(fieldChangeSchema),
  steps: z.array(stepPreviewSchema),
  unknown: z.exactOptional(z.array(z.strictObject({ attribute: z.string(), knownAfter: addressSchema }))),
  drift: z.boolean(),
  dependsOn: z.array(addressSchema),
  position: z.exactOptional(sourcePositionSchema),
});

export const planDigestsSchema: z.ZodMiniType<PlanDigests> = z.strictObject({
  config: z.string(),
  definition: z.string(),
  state: z.string(),
  packages: z.string(),
  hosts: z.string(),
});

const planEstimateSchema: z.ZodMiniType<PlanEstimate> = z.strictObject({ lowMs: z.number(), highMs: z.number() });

export const planSchema: z.ZodMiniType<Plan> = z.strictObject({
  infra: infraNameSchema,
  changes: z.array(changeSchema),
  digests: z.exactOptional(planDigestsSchema),
  estimate: z.exactOptional(planEstimateSchema),
});
