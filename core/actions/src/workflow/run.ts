/** Carries out a workflow document. The run is stored before anything is done. */

import { newRunId, type RunId } from "@provisioning/model";
import { runIdSchema } from "@provisioning/model/wire";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import type { ActionContext } from "../context.js";
import { outcomeOf } from "../infra/apply-result.js";
import { loadRunReport, type RunReport, runReportSchema } from "../run/report.js";
import { carryOut } from "./carry-out.js";
import { type WorkflowInput, workflowInputFields } from "./input.js";
import { prepareWorkflow } from "./prepare.js";

export interface RunWorkflowInput extends WorkflowInput {
  /**
   * `false`: only store it; a service that starts later carries it out, or `run.resume`. Default: carry it out. In a service the task
   * does so always, with the settings of its call; whether anybody waits for the task is said with the call.
   */
  readonly wait?: boolean;
}

export interface WorkflowRunResult {
  /** `submitted`: it is stored and waits for a worker. */
  readonly outcome: "submitted" | "completed" | "failed" | "cancelled" | "rolledBack" | "paused";
  /** Of the run. */
  readonly id: RunId;
  readonly run: RunReport;
}

/** @throws DiagnosticsError as `workflow.validate` */
export const runWorkflow = defineAction<RunWorkflowInput, WorkflowRunResult>({
  name: "workflow.run",
  cedar: { action: "runWorkflow", resource: "Workspace" },
  effect: "change",
  summary: "Carries out a workflow document.",
  input: z.strictObject({
    ...workflowInputFields,
    wait: z.exactOptional(z.boolean()),
  }) as unknown as z.ZodMiniType<RunWorkflowInput>,
  output: z.strictObject({
    outcome: z.enum(["submitted", "completed", "failed", "cancelled", "rolledBack", "paused"]),
    id: runIdSchema,
    run: runReportSchema,
  }),
  run: carryOutDocument,
});

async function carryOutDocument(context: ActionContext, { wait = true, ...input }: RunWorkflowInput): Promise<WorkflowRunResult> {
  const { session, compiled } = await prepareWorkflow(context, input);
  const definition = compiled.run(newRunId(), context.clock.now());
  const storage = await session.openStore("write");
  try {
    if (!wait && context.service === undefined) {
      await storage.runs.submit(definition);
      return { outcome: "submitted", id: definition.id, run: await loadRunReport(storage, definition.id) };
    }
    const state = await carryOut(session, storage, definition);
    const { id } = state.definition;
    return { outcome: outcomeOf(state), id, run: await loadRunReport(storage, id) };
  } finally {
    await storage.close();
  }
}
