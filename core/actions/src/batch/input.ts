/** What every action on a batch workflow takes: its file, or the workflow as plain data. */

import type { JsonObject } from "@provisioning/model";
import { jsonObjectSchema } from "@provisioning/model/wire";
import * as z from "zod/mini";

export interface BatchInput {
  /** The KCL file that defines the workflow; relative to the current folder, or else to the workspace. */
  readonly file?: string;
  /** Instead of a file: a `WorkflowDef`. */
  readonly definition?: JsonObject;
  /** The workflow's name or its variable's; needed when the file has several. */
  readonly workflow?: string;
  /** Default: the one that the file lies in, or the only one. */
  readonly infra?: string;
}

export const batchInputSchema: z.ZodMiniType<BatchInput> = z.strictObject({
  file: z.exactOptional(z.string().check(z.minLength(1))),
  definition: z.exactOptional(jsonObjectSchema),
  workflow: z.exactOptional(z.string()),
  infra: z.exactOptional(z.string()),
});
