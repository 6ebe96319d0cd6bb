/** Looks at a definition before it is stored: what gets in can be run to an end. */

import type { OperationDefinition, OperationId, RunDefinition } from "@provisioning/model";
import type { Conditions } from "./condition.js";
import { WorkflowInvalidError } from "./errors.js";
import { buildGraph, type Graph, topologicalOrder } from "./graph.js";

/** @throws WorkflowInvalidError with all problems */
export function assertRunnable(definition: RunDefinition, conditions?: Conditions): void {
  const problems = findProblems(definition, conditions);
  if (problems.length > 0) throw new WorkflowInvalidError(definition.name, problems);
}

/** What keeps the definition from being run, in sentences; none for a good one. */
export function findProblems(definition: RunDefinition, conditions?: Conditions): readonly string[] {
  const ids = new Set(definition.operations.map((operation) => operation.id));
  const problems = [
    ...limitProblems(definition),
    ...(ids.size === definition.operations.length ? [] : duplicateProblems(definition.operations)),
    ...definition.operations.flatMap((operation) => operationProblems(operation, ids)),
    ...definition.operations.flatMap((operation) => conditionProblems(operation, conditions)),
  ];
  const isLinked = definition.operations.some(({ dependsOn }) => dependsOn.length > 0);
  if (problems.length > 0 || !isLinked) return problems;
  const cycle = findCycle(buildGraph(definition));
  return cycle.length === 0 ? [] : [`the dependencies form a cycle: ${[...cycle, cycle[0]].join(" → ")}`];
}

function limitProblems({ parallelLimit, checkpointInterval = 1 }: RunDefinition): readonly string[] {
  const limits = { "parallel limit": parallelLimit, "checkpoint interval": checkpointInterval };
  return Object.entries(limits)
    .filter(([, value]) => !(Number.isInteger(value) && value >= 1))
    .map(([name, value]) => `the ${name} ${value} is not a whole number from 1`);
}

function duplicateProblems(operations: readonly OperationDefinition[]): readonly string[] {
  const seen = new Set<OperationId>();
  const twice = new Set<OperationId>();
  for (const { id } of operations) (seen.has(id) ? twice : seen).add(id);
  return [...twice].map((id) => `the id ${id} is used twice`);
}

function operationProblems(operation: OperationDefinition, ids: ReadonlySet<OperationId>): readonly string[] {
  const { id, dependsOn, retry, timeoutMs } = operation;
  const unknown = dependsOn.filter(({ on, type }) => type !== "optional" && !ids.has(on));
  const problems = unknown.map(({ on }) => `${id} depends on ${on}, which is not there`);
  if (!(timeoutMs > 0)) problems.push(`${id} has a timeout of ${timeoutMs} ms`);
  if (!(Number.isInteger(retry.maxAttempts) && retry.maxAttempts >= 1))
    problems.push(`${id} may be tried ${retry.maxAttempts} times`);
  return problems;
}

function conditionProblems({ id, waitCondition }: OperationDefinition, conditions: Conditions | undefined): readonly string[] {
  if (waitCondition === undefined) return [];
  const problem = conditions === undefined ? "expressions are not evaluated here" : conditions.check(waitCondition.expression);
  const found = problem === undefined ? [] : [`${id} waits for ${JSON.stringify(waitCondition.expression)}: ${problem}`];
  if (!(waitCondition.timeoutMs > 0)) found.push(`${id} waits for a condition for ${waitCondition.timeoutMs} ms`);
  return found;
}

/** The operations of one cycle, each in need of the next one. */
function findCycle(graph: Graph): readonly OperationId[] {
  const left = new Set(graph.operations.keys());
  for (const index of topologicalOrder(graph.dependents, graph.dependencyCounts)) left.delete(index);
  const dependencies = new Map<number, number>();
  for (const from of left) {
    for (const { to } of graph.dependents[from] ?? []) if (left.has(to)) dependencies.set(to, from);
  }
  // Everything left waits for something left, so walking from dependent to dependency must come back to where it was.
  const seenAt = new Map<number, number>();
  const path: number[] = [];
  for (let index = [...left][0]; index !== undefined; index = dependencies.get(index)) {
    const start = seenAt.get(index);
    if (start !== undefined) return path.slice(start).map((at) => (graph.operations[at] as OperationDefinition).id);
    seenAt.set(index, path.length);
    path.push(index);
  }
  return [];
}
