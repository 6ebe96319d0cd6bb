/** Which operation of a workflow comes before which, as its author declared it. */

import type { BatchOperation, BatchWorkflow, Diagnostic } from "@provisioning/model";
import { topologicalOrder } from "../graph.js";
import { didYouMean, problem } from "./problem.js";

export interface GroupOrder {
  /** Dependencies first. */
  readonly sorted: readonly BatchOperation[];
  /** Ids of those that come directly before. */
  before(id: string): readonly string[];
  /** `first` comes before `second`, directly or not. */
  isBefore(first: string, second: string): boolean;
  readonly problems: readonly Diagnostic[];
}

export function orderGroups(workflow: BatchWorkflow): GroupOrder {
  const byId = new Map(workflow.operations.map((operation) => [operation.id, operation]));
  const problems = [...duplicates(workflow), ...unknownIds(workflow, byId)];
  const before = new Map<string, readonly string[]>();
  workflow.operations.forEach((operation, index) => {
    before.set(operation.id, directlyBefore(workflow, operation, workflow.operations[index - 1], byId));
  });
  const ids = [...byId.keys()];
  const ordering = topologicalOrder({ nodes: ids, dependenciesOf: (id) => before.get(id) ?? [] });
  if (!ordering.ok) problems.push(cycleProblem(ordering.cycle, byId));
  const order = ordering.ok ? ordering.order : ids;
  return {
    sorted: order.map((id) => byId.get(id) as BatchOperation),
    before: (id) => before.get(id) ?? [],
    isBefore: ancestry(ordering.ok ? before : new Map()),
    problems,
  };
}

function directlyBefore(
  workflow: BatchWorkflow,
  operation: BatchOperation,
  previous: BatchOperation | undefined,
  byId: ReadonlyMap<string, BatchOperation>,
): readonly string[] {
  if (workflow.order === "parallel") return [];
  const declared = operation.dependsOn.filter((id) => byId.has(id));
  const inSequence = workflow.order === "sequential" && previous !== undefined ? [previous.id] : [];
  return [...new Set([...declared, ...inSequence])];
}

function duplicates({ operations }: BatchWorkflow): Diagnostic[] {
  const seen = new Set<string>();
  return operations.flatMap((operation) => {
    const isNew = !seen.has(operation.id);
    seen.add(operation.id);
    return isNew
      ? []
      : [
          problem({
            code: "BATCH_OPERATION_TWICE",
            summary: `Two operations have the id ${operation.id}.`,
            hint: "Rename one.",
            about: operation,
            field: "id",
          }),
        ];
  });
}

function unknownIds({ operations }: BatchWorkflow, byId: ReadonlyMap<string, BatchOperation>): Diagnostic[] {
  return operations.flatMap((operation) =>
    operation.dependsOn.flatMap((id, index) =>
      byId.has(id)
        ? []
        : [
            problem({
              code: "BATCH_OPERATION_UNKNOWN",
              summary: `${operation.id} depends on ${id}, which is no operation of this workflow.`,
              hint: didYouMean(id, [...byId.keys()], "Its operations"),
              about: operation,
              field: `depends_on.${index}`,
            }),
          ],
    ),
  );
}

function cycleProblem(cycle: readonly string[], byId: ReadonlyMap<string, BatchOperation>): Diagnostic {
  const path = [...cycle, cycle[0]].join(" → ");
  return problem({
    code: "BATCH_CYCLE",
    summary: `These operations wait for each other: ${path}.`,
    hint: "Each needs the next one. Remove one of these dependencies.",
    about: byId.get(cycle[0] as string) as BatchOperation,
    field: "depends_on",
  });
}

/** All that come before each are found once, when they are first asked for. */
function ancestry(before: ReadonlyMap<string, readonly string[]>): GroupOrder["isBefore"] {
  const known = new Map<string, ReadonlySet<string>>();
  const ancestorsOf = (id: string): ReadonlySet<string> => {
    const found = known.get(id);
    if (found !== undefined) return found;
    const all = new Set(before.get(id));
    for (const next of all) for (const further of before.get(next) ?? []) all.add(further);
    known.set(id, all);
    return all;
  };
  return (first, second) => ancestorsOf(second).has(first);
}
