/** Checks the configuration of every taskserv against the taskserv's own schema, before anything is touched. */

import { type Diagnostic, type SourcePosition, taskservName } from "@provisioning/model";
import type { ConfigProblem, TaskservCatalog, TaskservCompiler } from "@provisioning/workspace";
import type { DesiredInfra } from "./desired.js";
import type { Placement } from "./placement.js";

export function checkConfigs(desired: DesiredInfra, catalog: TaskservCatalog, compiler: TaskservCompiler): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const seen = new Set<string>();
  for (const placement of desired.placements.values()) {
    const extension = catalog.get(taskservName(placement.taskserv));
    if (extension === undefined) continue;
    const key = JSON.stringify([placement.taskserv, placement.config, placement.position]);
    if (seen.has(key)) continue;
    seen.add(key);
    diagnostics.push(...compiler.checkConfig(extension, placement.config).map((problem) => toDiagnostic(placement, problem)));
  }
  return diagnostics;
}

function toDiagnostic(placement: Placement, problem: ConfigProblem): Diagnostic {
  const position = placeOf(placement, problem.path);
  const where = problem.path.length === 0 ? "" : ` (config.${problem.path.join(".")})`;
  return {
    severity: "error",
    code: "TASKSERV_CONFIG",
    summary: `${placement.taskserv}${where}: ${problem.message}`,
    ...(problem.suggestion === undefined ? {} : { hint: `Did you mean ${problem.suggestion}?` }),
    ...(position === undefined ? {} : { position }),
  };
}

/** The nearest place that is known: the field's, else that of what holds it, else the taskserv's. */
function placeOf(placement: Placement, path: readonly (string | number)[]): SourcePosition | undefined {
  for (let length = path.length; length > 0; length -= 1) {
    const position = placement.positions[path.slice(0, length).join(".")];
    if (position !== undefined) return position;
  }
  return placement.position;
}
