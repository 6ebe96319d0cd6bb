/** Checks the configuration of every taskserv against the taskserv's own schema, before anything is touched. */

import { type Diagnostic, type SourcePosition, taskservName } from "@provisioning/model";
import type { ConfigProblem, TaskservCatalog, TaskservCompiler } from "@provisioning/workspace";
import type { DesiredInfra } from "./desired.js";
import type { Placement } from "./placement.js";
import { writtenSecrets } from "./written-secrets.js";

export function checkConfigs(desired: DesiredInfra, catalog: TaskservCatalog, compiler: TaskservCompiler): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const seen = new Set<string>();
  for (const placement of desired.placements.values()) {
    const extension = catalog.get(taskservName(placement.taskserv));
    if (extension === undefined) continue;
    const key = JSON.stringify([placement.taskserv, placement.config, placement.position]);
    if (seen.has(key)) continue;
    seen.add(key);
    const problems = [
      ...compiler.checkConfig(extension, placement.config),
      ...writtenSecrets(placement.config, extension.manifest.secrets).map((path) => ({
        path,
        message: WRITTEN,
        hint: REFERENCES,
      })),
    ];
    diagnostics.push(...problems.map((problem) => toDiagnostic(placement, problem)));
  }
  return diagnostics;
}

const WRITTEN = "it is a secret, which must not be written in a definition";
const REFERENCES = "Write a reference to it: env://NAME, file://PATH, generated://NAME or secret:STORE:KEY.";

function toDiagnostic(placement: Placement, problem: ConfigProblem & { readonly hint?: string }): Diagnostic {
  const hint = problem.suggestion === undefined ? problem.hint : `Did you mean ${problem.suggestion}?`;
  const position = placeOf(placement, problem.path);
  const where = problem.path.length === 0 ? "" : ` (config.${problem.path.join(".")})`;
  return {
    severity: "error",
    code: "TASKSERV_CONFIG",
    summary: `${placement.taskserv}${where}: ${problem.message}`,
    ...(hint === undefined ? {} : { hint }),
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
