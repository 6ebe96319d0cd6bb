/** A plan becomes a run. */

import { newRunId, type RunDefinition } from "@provisioning/model";
import { planOperations } from "@provisioning/planner";
import type { PlannedInfra } from "../infra/plan.js";
import type { InfraSession } from "../session.js";
import { withProviderLimits } from "./limits.js";
import { runOptions } from "./options.js";

export async function runDefinition(
  session: InfraSession,
  { plan, uses }: Pick<PlannedInfra, "plan" | "uses">,
  { purpose, name }: { readonly purpose: "apply" | "destroy"; readonly name: string },
): Promise<RunDefinition> {
  const options = runOptions(session.config);
  const operations = planOperations(plan, {
    ...options,
    isClustered: (taskserv) => session.catalog.get(taskserv)?.manifest.clustered ?? false,
    usesOf: (address) => uses.get(address) ?? [],
  });
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
