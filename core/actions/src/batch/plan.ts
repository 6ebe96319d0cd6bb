/**
 * The dry run of a workflow: everything is looked at, nothing is changed. Where nothing can be looked at now, it goes by what the files
 * say and what was recorded.
 */

import { type ProviderName, ProvisioningError } from "@provisioning/model";
import { outlookOf } from "@provisioning/planner";
import { defineAction } from "../action.js";
import { compileAll } from "../infra/compile-all.js";
import { type PlannedInfra, planSession } from "../infra/plan.js";
import type { InfraSession } from "../session.js";
import { batchRun } from "./definition.js";
import { type BatchInput, batchInputSchema } from "./input.js";
import { compileFor, openBatch, planFromRecords } from "./prepare.js";
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
      const { planned, unseen } = await lookAround(session);
      const compiled = await compileFor({ session, workflow }, planned, { purpose: "forecast" });
      if (unseen !== undefined) context.report({ type: "warning", text: `${unseen} What follows is as it was recorded.` });
      const run = await batchRun(session, workflow, compiled);
      const limits: BatchLimits = {
        parallel: run.parallelLimit,
        checkpointInterval: workflow.rollback.checkpointInterval,
        attempts: workflow.retry.maxAttempts,
        providers: await providerLimits(session, new Set(compiled.plan.changes.map(({ provider }) => provider))),
      };
      const { name } = workflow;
      return {
        name,
        infra: session.infra,
        plan: compiled.plan,
        ...(unseen === undefined ? {} : { unseen }),
        ...outlookOf(compiled),
        limits,
      };
    } finally {
      await session.close();
    }
  },
});

interface Seen {
  readonly planned: Pick<PlannedInfra, "plan" | "uses">;
  /** Why nothing could be looked at. */
  readonly unseen?: string;
}

async function lookAround(session: InfraSession): Promise<Seen> {
  try {
    return { planned: await planSession(session) };
  } catch (error) {
    // What can pass by itself is about who should have answered, not about the definition.
    if (!(error instanceof ProvisioningError) || error.retry !== "later") throw error;
    const { uses } = await compileAll(session);
    return { planned: { plan: planFromRecords(session), uses }, unseen: error.message };
  }
}

async function providerLimits(session: InfraSession, names: ReadonlySet<ProviderName>): Promise<BatchLimits["providers"]> {
  const limits = [...names].map(async (name) => {
    const { rate, batchSize } = (await session.providers.get(name)).capabilities.limits;
    return { name, callsPerSecond: rate, servers: batchSize };
  });
  return Promise.all(limits);
}
