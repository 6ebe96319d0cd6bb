/**
 * How long operations will take, by how long each kind of them took before: the longest way through their graph, or the fullest lane when
 * that takes longer. Pure.
 */

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
  const lanes = new Map<string, PlanEstimate>();
  let whole = NOTHING;
  for (const id of ordering.order) {
    const operation = byId.get(id) as OperationDefinition;
    const duration = usual(operation);
    if (duration === undefined) return undefined;
    const end = sum(
      known(operation)
        .map((on) => ends.get(on) ?? NOTHING)
        .reduce(longer, NOTHING),
      duration,
    );
    ends.set(id, end);
    whole = longer(whole, end);
    if (operation.lane === undefined) continue;
    const lane = sum(lanes.get(operation.lane) ?? NOTHING, duration);
    lanes.set(operation.lane, lane);
    whole = longer(whole, lane);
  }
  return whole;
}

const NOTHING: PlanEstimate = { lowMs: 0, highMs: 0 };

function sum(left: PlanEstimate, right: PlanEstimate): PlanEstimate {
  return { lowMs: left.lowMs + right.lowMs, highMs: left.highMs + right.highMs };
}

function longer(left: PlanEstimate, right: PlanEstimate): PlanEstimate {
  return { lowMs: Math.max(left.lowMs, right.lowMs), highMs: Math.max(left.highMs, right.highMs) };
}
