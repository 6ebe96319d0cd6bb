/** A plan becomes a run. */

import { newRunId, type RunDefinition } from "@provisioning/model";
import { planOperations } from "@provisioning/planner";
import type { PlannedInfra } from "../infra/plan.js";
import type { InfraSession } from "../session.js";
import { runOptions } from "./options.js";

export function runDefinition(
  session: InfraSession,
  { plan, uses }: Pick<PlannedInfra, "plan" | "uses">,
  { purpose, name }: { readonly purpose: "apply" | "destroy"; readonly name: string },
): RunDefinition {
  const options = runOptions(session.config);
  return {
    id: newRunId(),
    name,
    infra: session.infra,
    operations: planOperations(plan, {
      ...options,
      isClustered: (taskserv) => session.catalog.get(taskserv)?.manifest.clustered ?? false,
      usesOf: (address) => uses.get(address) ?? [],
    }),
    parallelLimit: options.parallelLimit,
    labels: { desired: session.desiredDigest, purpose },
    createdAt: session.context.clock.now(),
  };
}
