/** What a workflow document would do, and in which order; nothing is done. */

import type { InfraName } from "@provisioning/model";
import { infraNameSchema } from "@provisioning/model/wire";
import { type BatchOutlook, outlookOf } from "@provisioning/planner";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import { outlookShape } from "../batch/report.js";
import { type WorkflowInput, workflowInputSchema } from "./input.js";
import { prepareWorkflow } from "./prepare.js";

export interface WorkflowForecast extends BatchOutlook {
  readonly name: string;
  readonly infra: InfraName;
  /** Steps at the same time. */
  readonly parallelLimit: number;
}

const workflowForecastSchema = z.strictObject({
  name: z.string(),
  infra: infraNameSchema,
  parallelLimit: z.int(),
  ...outlookShape,
}) as unknown as z.ZodMiniType<WorkflowForecast>;

/** @throws DiagnosticsError as `workflow.validate` */
export const planWorkflow = defineAction<WorkflowInput, WorkflowForecast>({
  name: "workflow.plan",
  cedar: { action: "planWorkflow", resource: "Workspace" },
  effect: "read",
  summary: "Shows what a workflow document would do, in which order, and changes nothing.",
  input: workflowInputSchema,
  output: workflowForecastSchema,
  async run(context, input) {
    const { session, compiled } = await prepareWorkflow(context, input);
    const { document, infra, operations, groups } = compiled;
    const { parallelLimit } = document;
    return {
      name: document.name,
      infra,
      parallelLimit: parallelLimit ?? session.config.get("run.parallel_limit"),
      ...outlookOf({ operations, groups }),
    };
  },
});
