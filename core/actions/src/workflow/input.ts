/** Which workflow is meant: a file, or the document itself. */

import { type Json, type JsonObject, ProvisioningError } from "@provisioning/model";
import { jsonObjectSchema } from "@provisioning/model/wire";
import * as z from "zod/mini";

export interface WorkflowInput {
  /** YAML or JSON; absolute, or relative to the current folder or the workspace. */
  readonly file?: string;
  /** Instead of a file. */
  readonly document?: JsonObject;
  /** Values of the names that it uses. */
  readonly variables?: JsonObject;
  /** Default: the one that the file lies in, or the only one; none when the workspace has none. */
  readonly infra?: string;
}

export const workflowInputFields = {
  file: z.exactOptional(z.string().check(z.minLength(1))),
  document: z.exactOptional(jsonObjectSchema),
  variables: z.exactOptional(jsonObjectSchema),
  infra: z.exactOptional(z.string()),
};

export const workflowInputSchema = z.strictObject(workflowInputFields) as unknown as z.ZodMiniType<WorkflowInput>;

/** @throws ProvisioningError WORKFLOW_FILE_MISSING */
export function chosenOf({ file, document }: WorkflowInput): { readonly file: string } | { readonly document: Json } {
  if (file !== undefined && document === undefined) return { file };
  if (document !== undefined && file === undefined) return { document };
  throw new ProvisioningError({
    code: "WORKFLOW_FILE_MISSING",
    message: file === undefined ? "No workflow was given." : "A file and a document were given; one of them is the workflow.",
    hint: "Name a file, or send the document.",
  });
}
