/** The dependency graph of a definition in numbers: an operation is its place in the definition. */

import type { DependencyType, OperationDefinition, OperationId, RunDefinition } from "@provisioning/model";

export interface Edge {
  /** The one that waits. */
  readonly to: number;
  readonly type: DependencyType;
}

export interface Graph {
  readonly operations: readonly OperationDefinition[];
  /** Who waits for each operation. */
  readonly dependents: readonly (readonly Edge[])[];
  /** How many others each operation waits for. */
  readonly dependencyCounts: readonly number[];
  /** The longest chain of operations that starts with each: who is on the critical path goes first. */
  readonly heights: readonly number[];
}

/** The definition must be valid, see submit.ts. An optional dependency on something absent is no dependency. */
export function buildGraph(definition: RunDefinition): Graph {
  const { operations } = definition;
  const places = new Map<OperationId, number>(operations.map((operation, index) => [operation.id, index]));
  const dependents: Edge[][] = operations.map(() => []);
  const dependencyCounts = operations.map(() => 0);
  operations.forEach((operation, to) => {
    for (const { on, type } of operation.dependsOn) {
      const from = places.get(on);
      if (from === undefined) continue;
      dependents[from]?.push({ to, type });
      dependencyCounts[to] = (dependencyCounts[to] ?? 0) + 1;
    }
  });
  const order = topologicalOrder(dependents, dependencyCounts);
  return { operations, dependents, dependencyCounts, heights: heightsOf(dependents, order) };
}

/** Kahn's algorithm. Leaves out what is on a cycle or behind one. */
export function topologicalOrder(
  dependents: readonly (readonly Edge[])[],
  dependencyCounts: readonly number[],
): readonly number[] {
  const blockers = dependencyCounts.slice();
  const order: number[] = [];
  blockers.forEach((count, index) => {
    if (count === 0) order.push(index);
  });
  for (let done = 0; done < order.length; done += 1) {
    for (const { to } of dependents[order[done] as number] ?? []) {
      blockers[to] = (blockers[to] as number) - 1;
      if (blockers[to] === 0) order.push(to);
    }
  }
  return order;
}

function heightsOf(dependents: readonly (readonly Edge[])[], order: readonly number[]): readonly number[] {
  const heights = dependents.map(() => 1);
  for (let place = order.length - 1; place >= 0; place -= 1) {
    const index = order[place] as number;
    for (const { to } of dependents[index] ?? []) {
      heights[index] = Math.max(heights[index] as number, (heights[to] as number) + 1);
    }
  }
  return heights;
}
