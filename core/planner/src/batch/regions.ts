/** Regions of clusters. No provider has any yet, so one cluster cannot be in several: these would be the same servers. Pure. */

import type { BatchOperation, BatchWorkflow, Diagnostic } from "@provisioning/model";
import { problem } from "./problem.js";

/** Each operation that wants a cluster elsewhere than the first one does. */
export function regionProblems({ operations }: BatchWorkflow): readonly Diagnostic[] {
  const first = new Map<string, BatchOperation>();
  return operations.flatMap((operation) => {
    const [cluster] = operation.items;
    if (operation.region === undefined || cluster === undefined) return [];
    const other = first.get(cluster);
    if (other === undefined) first.set(cluster, operation);
    if (other === undefined || other.region === operation.region) return [];
    const summary = `${operation.id} wants ${cluster} in ${operation.region}, ${other.id} in ${other.region}: an infra is in one place, so they would be the same servers.`;
    const hint = "Describe an infra for each region, and write a workflow for each.";
    return [problem({ code: "BATCH_UNSUPPORTED", summary, hint, about: operation, field: "region" })];
  });
}
