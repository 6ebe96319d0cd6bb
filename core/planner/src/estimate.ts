/** How long operations will take, by how long each kind of them took before: the longest way through their graph. Pure. */

import type { OperationDefinition, OperationId, PlanEstimate } from "@provisioning/model";
import { topologicalOrder } from "./graph.js";

/** Of one kind of operation: so long at least and at most, as a rule. */
export type UsualDuration = PlanEstimate;

/**
 * Absent when something of it was never done before: half an estimate would be taken for a whole one. Operations that have to wait for a free
 * place are not counted. Linear in operations and dependencies.
 */
export function estimateRun(
  operations: readonly OperationDefinition[],
  usual: (operation: OperationDefinition) => UsualDuration | undefined,
): PlanEstimate | undefined {
  const byId = new Map(operations.map((operation) => [operation.id, operation]));
  const known = (operation: OperationDefinition) => operation.dependsOn.filter(({ on }) => byId.has(on)).map(({ on }) => on);
  const ordering = topologicalOrder<OperationId>({
    nodes: [...byId.keys()],
    dependenciesOf: (id) => known(byId.get(id) as OperationDefinition),
  });
  if (!ordering.ok) return undefined;
  const ends = new Map<OperationId, PlanEstimate>();
  let whole: PlanEstimate = { lowMs: 0, highMs: 0 };
  for (const id of ordering.order) {
    const operation = byId.get(id) as OperationDefinition;
    const duration = usual(operation);
    if (duration === undefined) return undefined;
    const before = known(operation).map((on) => ends.get(on) ?? { lowMs: 0, highMs: 0 });
    const end = {
      lowMs: Math.max(0, ...before.map(({ lowMs }) => lowMs)) + duration.lowMs,
      highMs: Math.max(0, ...before.map(({ highMs }) => highMs)) + duration.highMs,
    };
    ends.set(id, end);
    whole = { lowMs: Math.max(whole.lowMs, end.lowMs), highMs: Math.max(whole.highMs, end.highMs) };
  }
  return whole;
}
