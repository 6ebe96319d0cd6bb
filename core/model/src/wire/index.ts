/** Wire schemas of the vocabulary: what interfaces send and accept. Loaded by those who parse or describe, never with the types alone. */
export { errorRecordSchema } from "./errors.js";
export { changeSchema, planDigestsSchema, planSchema } from "./plan.js";
export { runStatusSchema } from "./run.js";
export {
  addressSchema,
  infraNameSchema,
  instantSchema,
  jsonObjectSchema,
  jsonSchema,
  operationIdSchema,
  providerNameSchema,
  runIdSchema,
  taskservNameSchema,
  serverNameSchema,
  sourcePositionSchema,
  workspaceNameSchema,
} from "./scalars.js";
