/** A plan becomes a run. */

import { newRunId, type OperationDefinition, type RunDefinition } from "@provisioning/model";
import { planOperations } from "@provisioning/planner";
import type { PlannedInfra } from "../infra/plan.js";
import type { InfraSession } from "../session.js";
import { withProviderLimits } from "./limits.js";
import { runOptions } from "./options.js";

type Planned = Pick<PlannedInfra, "plan" | "uses">;

export async function runDefinition(
  session: InfraSession,
  planned: Planned,
  { purpose, name }: { readonly purpose: "apply" | "destroy"; readonly name: string },
): Promise<RunDefinition> {
  const options = runOptions(session.config);
  const operations = operationsOf(session, planned);
  return {
    id: newRunId(),
    name,
    infra: session.infra,
    operations: await withProviderLimits(session, operations),
    parallelLimit: options.parallelLimit,
    labels: { desired: session.desiredDigest, purpose },
    createdAt: session.context.clock.now(),
    ...(options.priority === 0 ? {} : { priority: options.priority }),
  };
}

export function operationsOf(session: InfraSession, { plan, uses }: Planned): OperationDefinition[] {
  return planOperations(plan, {
    ...runOptions(session.config),
    isClustered: (taskserv) => session.catalog.get(taskserv)?.manifest.clustered ?? false,
    usesOf: (address) => uses.get(address) ?? [],
  });
}
