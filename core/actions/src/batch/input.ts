/** What every action on a workflow's file takes. */

import * as z from "zod/mini";

export interface BatchInput {
  /** The KCL file that defines the workflow; relative to the current folder, or else to the workspace. */
  readonly file: string;
  /** The workflow's name or its variable's; needed when the file has several. */
  readonly workflow?: string;
  /** Default: the one that the file lies in, or the only one. */
  readonly infra?: string;
}

export const batchInputSchema: z.ZodMiniType<BatchInput> = z.strictObject({
  file: z.string().check(z.minLength(1)),
  workflow: z.exactOptional(z.string()),
  infra: z.exactOptional(z.string()),
});
