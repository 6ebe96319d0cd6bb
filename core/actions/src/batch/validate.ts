/** Tells whether a workflow can be carried out. Nobody is asked but the definitions and the records. */

import { defineAction } from "../action.js";
import { compileAll } from "../infra/compile-all.js";
import { type BatchInput, batchInputSchema } from "./input.js";
import { compileFor, openBatch, planFromRecords, withoutPlaces } from "./prepare.js";
import { type BatchValidation, batchValidationSchema } from "./report.js";

/** @throws DiagnosticsError with all problems of the workflow and their places */
export const validateBatch = defineAction<BatchInput, BatchValidation>({
  name: "batch.validate",
  cedar: { action: "validateBatch", resource: "Infra" },
  effect: "read",
  summary: "Tells whether a batch workflow can be carried out, and what is wrong with it.",
  input: batchInputSchema,
  output: batchValidationSchema,
  async run(context, input) {
    const { session, workflow } = await openBatch(context, input, "read");
    try {
      await compileFor({ session, workflow }, { plan: planFromRecords(session), uses: (await compileAll(session)).uses });
      const { name, operations } = workflow;
      return { name, infra: session.infra, workflow: withoutPlaces(workflow), operations: operations.length };
    } finally {
      await session.close();
    }
  },
});
