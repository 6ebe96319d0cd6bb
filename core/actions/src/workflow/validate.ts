/** Tells whether a workflow document can be carried out. Nothing is asked but the document and the workspace. */

import type { InfraName } from "@provisioning/model";
import { infraNameSchema } from "@provisioning/model/wire";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import { type WorkflowInput, workflowInputSchema } from "./input.js";
import { prepareWorkflow } from "./prepare.js";

export interface WorkflowValidation {
  readonly name: string;
  readonly namespace?: string;
  readonly description?: string;
  readonly infra: InfraName;
  readonly steps: readonly {
    readonly name: string;
    readonly task: string;
    /** Also because it uses what they give. */
    readonly after: readonly string[];
  }[];
}

const workflowValidationSchema: z.ZodMiniType<WorkflowValidation> = z.strictObject({
  name: z.string(),
  namespace: z.exactOptional(z.string()),
  description: z.exactOptional(z.string()),
  infra: infraNameSchema,
  steps: z.array(z.strictObject({ name: z.string(), task: z.string(), after: z.array(z.string()) })),
});

/** @throws DiagnosticsError with all problems of the workflow and their places */
export const validateWorkflow = defineAction<WorkflowInput, WorkflowValidation>({
  name: "workflow.validate",
  cedar: { action: "validateWorkflow", resource: "Workspace" },
  effect: "read",
  summary: "Tells whether a workflow document can be carried out, and what is wrong with it.",
  input: workflowInputSchema,
  output: workflowValidationSchema,
  async run(context, input) {
    const { compiled } = await prepareWorkflow(context, input);
    const { document, infra, groups } = compiled;
    const { name, namespace, description } = document;
    return {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(description === undefined ? {} : { description }),
      infra,
      steps: groups.map(({ id, items, after }) => ({ name: id, task: items[0] ?? "", after })),
    };
  },
});
