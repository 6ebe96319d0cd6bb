/**
 * Which taskservs a server carries in the end, and in which order they are installed on it: what the user named plus all that
 * these require. Conflicts, unknown names and cycles are findings, not exceptions, so that a user sees all of them at once.
 */

import type { TaskservName } from "@provisioning/model";
import { reachable, topologicalOrder } from "./graph.js";

export interface Requirements {
  readonly requires: readonly TaskservName[];
  readonly conflictsWith: readonly TaskservName[];
}

export type RequirementFinding =
  /** `neededBy` is absent when the user named it. */
  | { readonly type: "unknown"; readonly taskserv: TaskservName; readonly neededBy?: TaskservName }
  | { readonly type: "conflict"; readonly taskserv: TaskservName; readonly other: TaskservName }
  | { readonly type: "cycle"; readonly path: readonly TaskservName[] };

export interface ResolvedRequirements {
  /** Installation order. Empty when there is a cycle. */
  readonly order: readonly TaskservName[];
  /** For a taskserv that the user did not name: one that requires it. */
  readonly requiredBy: ReadonlyMap<TaskservName, TaskservName>;
  readonly findings: readonly RequirementFinding[];
}

export function resolveRequirements(
  named: readonly TaskservName[],
  catalog: ReadonlyMap<TaskservName, Requirements>,
): ResolvedRequirements {
  const requiresOf = (name: TaskservName) => catalog.get(name)?.requires ?? [];
  const all = reachable(named, requiresOf);
  const requiredBy = findRequirers(named, all, requiresOf);
  const findings: RequirementFinding[] = [...all]
    .filter((taskserv) => !catalog.has(taskserv))
    .map((taskserv) => {
      const neededBy = requiredBy.get(taskserv);
      return { type: "unknown", taskserv, ...(neededBy === undefined ? {} : { neededBy }) };
    });
  findings.push(...findConflicts(all, catalog));

  const ordering = topologicalOrder({ nodes: [...all], dependenciesOf: requiresOf });
  if (!ordering.ok) findings.push({ type: "cycle", path: ordering.cycle });
  return { order: ordering.ok ? ordering.order : [], requiredBy, findings };
}

function findRequirers(
  named: readonly TaskservName[],
  all: ReadonlySet<TaskservName>,
  requiresOf: (name: TaskservName) => readonly TaskservName[],
): Map<TaskservName, TaskservName> {
  const isNamed = new Set(named);
  const requiredBy = new Map<TaskservName, TaskservName>();
  for (const taskserv of all) {
    for (const required of requiresOf(taskserv)) {
      if (!isNamed.has(required) && !requiredBy.has(required)) requiredBy.set(required, taskserv);
    }
  }
  return requiredBy;
}

/** Each conflicting pair once, whichever side declares it. */
function findConflicts(all: ReadonlySet<TaskservName>, catalog: ReadonlyMap<TaskservName, Requirements>): RequirementFinding[] {
  const seen = new Set<string>();
  const findings: RequirementFinding[] = [];
  for (const taskserv of all) {
    for (const other of catalog.get(taskserv)?.conflictsWith ?? []) {
      const pair = [taskserv, other].sort().join(" ");
      if (!all.has(other) || seen.has(pair)) continue;
      seen.add(pair);
      findings.push({ type: "conflict", taskserv, other });
    }
  }
  return findings;
}
