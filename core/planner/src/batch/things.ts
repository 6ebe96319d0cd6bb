/** The things that dependencies of a workflow can name, with all that is done to them. */

import { type Address, type OperationDefinition, parseAddress } from "@provisioning/model";
import type { BatchGraph } from "./batch-graph.js";
import type { BatchScope } from "./scope.js";
import type { BatchWork } from "./work.js";

/** Something that a dependency names. */
export interface Party {
  readonly operations: readonly OperationDefinition[];
  /** Some operation of the workflow is about it, though nothing may be left to do. */
  readonly isCovered: boolean;
  readonly isThere: boolean;
}

/** Everything once, so that many dependencies cost no more than they are. */
export function indexThings(scope: BatchScope, work: BatchWork, graph: BatchGraph): ReadonlyMap<string, Party> {
  const things = new Map<string, { operations: OperationDefinition[]; isCovered: boolean; isThere: boolean }>();
  const thing = (name: string) => {
    const known = things.get(name) ?? { operations: [], isCovered: false, isThere: true };
    things.set(name, known);
    return known;
  };
  for (const { address } of scope.plan.changes)
    for (const name of namesOf(address)) thing(name).isThere &&= work.isThere(address);
  for (const addresses of work.covered.values()) {
    for (const address of addresses) for (const name of namesOf(address)) thing(name).isCovered = true;
  }
  for (const operation of graph.operations()) {
    for (const name of namesOf(operation.address)) thing(name).operations.push(operation);
    thing(`operation.${operation.id}`).operations.push(operation);
  }
  return things;
}

function namesOf(address: Address): readonly string[] {
  const parsed = parseAddress(address);
  if (parsed.kind === "server") return [`server.${parsed.server}`];
  return parsed.kind === "taskserv" ? [`taskserv.${parsed.taskserv}`, `taskserv.${parsed.server}.${parsed.taskserv}`] : [];
}
