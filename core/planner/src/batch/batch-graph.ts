/** The graph of operations while it is built: each belongs to one operation of the workflow, and gets more dependencies. */

import type { OperationDefinition, OperationDependency, OperationId } from "@provisioning/model";

export interface BatchGraph {
  add(group: string, operation: OperationDefinition): void;
  /** Belongs to no group. */
  addGate(operation: OperationDefinition): void;
  /** Those of one operation of the workflow, as they are now. */
  of(group: string): readonly OperationDefinition[];
  /** Once, however often it is said; a hard one replaces a soft one. */
  link(id: OperationId, dependency: OperationDependency): void;
  unlink(id: OperationId, isWanted: (dependency: OperationDependency) => boolean): void;
  has(id: OperationId): boolean;
  /** In the order in which they were added. */
  operations(): readonly OperationDefinition[];
}

export function createGraph(): BatchGraph {
  const nodes = new Map<OperationId, OperationDefinition>();
  const groups = new Map<string, OperationId[]>();
  const dependencies = new Map<OperationId, Map<OperationId, OperationDependency>>();
  const current = (id: OperationId): OperationDefinition => ({
    ...(nodes.get(id) as OperationDefinition),
    dependsOn: [...(dependencies.get(id)?.values() ?? [])],
  });
  const link: BatchGraph["link"] = (id, dependency) => {
    const known = dependencies.get(id);
    if (known === undefined || known.get(dependency.on)?.type === "hard") return;
    known.set(dependency.on, dependency);
  };
  const addGate: BatchGraph["addGate"] = (operation) => {
    nodes.set(operation.id, operation);
    dependencies.set(operation.id, new Map());
    for (const dependency of operation.dependsOn) link(operation.id, dependency);
  };
  return {
    add(group, operation) {
      addGate(operation);
      const ids = groups.get(group);
      if (ids) ids.push(operation.id);
      else groups.set(group, [operation.id]);
    },
    addGate,
    of: (group) => (groups.get(group) ?? []).map(current),
    link,
    unlink(id, isWanted) {
      for (const dependency of dependencies.get(id)?.values() ?? []) {
        if (!isWanted(dependency)) dependencies.get(id)?.delete(dependency.on);
      }
    },
    has: (id) => nodes.has(id),
    operations: () => [...nodes.keys()].map(current),
  };
}
