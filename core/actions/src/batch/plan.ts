/** The dry run of a workflow: everything is looked at, nothing is changed. */

import type { ProviderName } from "@provisioning/model";
import { outlookOf } from "@provisioning/planner";
import { defineAction } from "../action.js";
import { planSession } from "../infra/plan.js";
import type { InfraSession } from "../session.js";
import { batchRun } from "./definition.js";
import { type BatchInput, batchInputSchema } from "./input.js";
import { compileFor, openBatch } from "./prepare.js";
import { type BatchForecast, batchForecastSchema, type BatchLimits } from "./report.js";

/** @throws DiagnosticsError as `batch.validate` */
export const planBatch = defineAction<BatchInput, BatchForecast>({
  name: "batch.plan",
  cedar: { action: "planBatch", resource: "Infra" },
  effect: "read",
  summary: "Shows what a batch workflow would do, in which order, and changes nothing.",
  input: batchInputSchema,
  output: batchForecastSchema,
  async run(context, input) {
    const { session, workflow } = await openBatch(context, input, "read");
    try {
      const compiled = await compileFor({ session, workflow }, await planSession(session));
      const run = await batchRun(session, workflow, compiled);
      const limits: BatchLimits = {
        parallel: run.parallelLimit,
        checkpointInterval: workflow.rollback.checkpointInterval,
        attempts: workflow.retry.maxAttempts,
        providers: await providerLimits(session, new Set(compiled.plan.changes.map(({ provider }) => provider))),
      };
      return { name: workflow.name, infra: session.infra, plan: compiled.plan, ...outlookOf(compiled), limits };
    } finally {
      await session.close();
    }
  },
});

async function providerLimits(session: InfraSession, names: ReadonlySet<ProviderName>): Promise<BatchLimits["providers"]> {
  const limits = [...names].map(async (name) => {
    const { rate, batchSize } = (await session.providers.get(name)).capabilities.limits;
    return { name, callsPerSecond: rate, servers: batchSize };
  });
  return Promise.all(limits);
}
