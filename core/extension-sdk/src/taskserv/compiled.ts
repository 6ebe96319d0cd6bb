/** A taskserv whose definition was evaluated for one server: steps and checks as data. */

import type { ProgramSection } from "../compiler/section.js";
import type { HealthCheck } from "../steps/health-check.js";
import { requireSteps } from "../steps/parse.js";
import { type Step, stepKind } from "../steps/registry.js";

export interface CompiledTaskserv {
  readonly name: string;
  readonly version: string;
  readonly requires: readonly string[];
  readonly install: readonly Step[];
  /** Takes it away again; made from `install` when the definition has none. */
  readonly remove: readonly Step[];
  readonly health: readonly HealthCheck[];
}

/** Takes back what a list of steps did, last first. Commands and scripts cannot be taken back: a definition with them writes its own list. */
export function undoSteps(taskserv: string, install: readonly Step[]): readonly Step[] {
  const undone = install.toReversed().map((step) => stepKind(step.kind)?.undo?.(step));
  return requireSteps(
    undone.filter((step) => step !== undefined),
    { taskserv, list: "remove" },
  );
}

export function installSection(taskserv: CompiledTaskserv): ProgramSection {
  const { name, version, requires, install, health } = taskserv;
  return { taskserv: name, version, requires, steps: install, health };
}

/** Removal has no requirements: a broken neighbour must not keep anything alive. */
export function removeSection(taskserv: CompiledTaskserv): ProgramSection {
  const { name, version, remove } = taskserv;
  return { taskserv: name, version, steps: remove, health: [] };
}
