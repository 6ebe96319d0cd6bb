/** A compiled workflow becomes a run. */

import { type BatchWorkflow, newRunId, type RunDefinition } from "@provisioning/model";
import type { CompiledBatch, OperationAction } from "@provisioning/planner";
import { withProviderLimits } from "../run/limits.js";
import { monitoringLabel } from "../run/monitoring.js";
import { logLabel } from "../run/run-log.js";
import { runOptions } from "../run/options.js";
import { secretsLabel } from "../secrets/workflow-secrets.js";
import type { InfraSession } from "../session.js";
import { workflowDigest } from "./prepare.js";

export async function batchRun(
  session: InfraSession,
  workflow: BatchWorkflow,
  { operations }: CompiledBatch,
): Promise<RunDefinition> {
  const { parallelLimit, priority } = runOptions(session.config);
  const { checkpointInterval, preserveSuccessful } = workflow.rollback;
  return {
    id: newRunId(),
    name: workflow.name,
    infra: session.infra,
    operations: await withProviderLimits(session, operations),
    parallelLimit: workflow.parallelLimit ?? parallelLimit,
    checkpointInterval,
    // An operation of the workflow is done when its gate is.
    checkpointAction: "batch.gate" satisfies OperationAction,
    preserveSuccessful,
    labels: {
      desired: session.desiredDigest,
      purpose: "batch",
      workflow: workflowDigest(workflow),
      ...logLabel(workflow.logging),
      ...monitoringLabel(workflow.monitoring),
      ...secretsLabel(workflow.secrets),
    },
    createdAt: session.context.clock.now(),
    ...(priority === 0 ? {} : { priority }),
  };
}
