/** Checks the configuration of every taskserv against the taskserv's own schema, before anything is touched. */

import { type Diagnostic, type SourcePosition, taskservName } from "@provisioning/model";
import type { ConfigProblem, TaskservCatalog, TaskservChecker, TaskservExtension } from "@provisioning/workspace";
import type { DesiredInfra } from "./desired.js";
import type { Placement } from "./placement.js";
import { writtenSecrets } from "./written-secrets.js";

export function checkConfigs(desired: DesiredInfra, catalog: TaskservCatalog, checker: TaskservChecker): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const seen = new Set<string>();
  for (const placement of desired.placements.values()) {
    const extension = catalog.get(taskservName(placement.taskserv));
    if (extension === undefined) continue;
    const key = JSON.stringify([placement.taskserv, placement.config, placement.position]);
    if (seen.has(key)) continue;
    seen.add(key);
    diagnostics.push(...checkConfig(placement, extension, checker));
  }
  return diagnostics;
}

/** A configuration, or what one layer says of it: then what is required may stand elsewhere. */
export type ConfigToCheck = Pick<Placement, "taskserv" | "config" | "positions" | "position"> & { readonly isPart?: boolean };

export function checkConfig(given: ConfigToCheck, extension: TaskservExtension, checker: TaskservChecker): Diagnostic[] {
  const problems = [
    ...checker.checkConfig(extension, given.config).filter(({ kind }) => given.isPart !== true || kind !== "required"),
    ...writtenSecrets(given.config, extension.manifest.secrets).map((path) => ({ path, message: WRITTEN, hint: REFERENCES })),
  ];
  return problems.map((problem) => toDiagnostic(given, problem));
}

const WRITTEN = "it is a secret, which must not be written in a definition";
const REFERENCES = "Write a reference to it: env://NAME, file://PATH, generated://NAME or secret:STORE:KEY.";

/** Whoever shows it must not show the line that it is about. */
export function isAboutSecret({ hint }: Diagnostic): boolean {
  return hint === REFERENCES;
}

function toDiagnostic(placement: ConfigToCheck, problem: Omit<ConfigProblem, "kind"> & { readonly hint?: string }): Diagnostic {
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
function placeOf(placement: ConfigToCheck, path: readonly (string | number)[]): SourcePosition | undefined {
  for (let length = path.length; length > 0; length -= 1) {
    const position = placement.positions[path.slice(0, length).join(".")];
    if (position !== undefined) return position;
  }
  return placement.position;
}
