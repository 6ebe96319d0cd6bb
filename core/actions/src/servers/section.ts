/** One taskserv of a server as a section of the program that is sent to it, with the titles of its steps for people. */

import { type ProgramSection, stepTitle } from "@provisioning/extension-sdk";
import { invariant, type JsonObject, type TaskservName } from "@provisioning/model";
import type { DesiredServer } from "../desired/desired.js";
import type { InfraSession } from "../session.js";
import { taskservInput } from "./taskserv-input.js";

export interface TitledSection extends ProgramSection {
  /** By the id of a step or health check. */
  readonly titles: ReadonlyMap<string, string>;
  /** Taskservs anywhere in the infra that must answer before this one can be healthy. */
  readonly uses: readonly TaskservName[];
}

/**
 * `install` has the steps that install, `remove` those that remove; health checks are in both.
 * `config` takes the place of what is desired: the configuration that a taskserv was installed with, when it is removed.
 */
export async function sectionFor(
  session: InfraSession,
  server: DesiredServer,
  taskserv: TaskservName,
  purpose: { readonly steps: "install" | "remove"; readonly config?: JsonObject } = { steps: "install" },
): Promise<TitledSection> {
  const extension = session.catalog.get(taskserv);
  invariant(extension !== undefined, `no taskserv ${taskserv} in the catalog`);
  const compiled = await session.compiler.compile(extension, await taskservInput(session, server, taskserv, purpose.config));
  const steps = compiled[purpose.steps];
  return {
    taskserv,
    version: extension.manifest.version,
    requires: extension.manifest.requires,
    steps,
    health: compiled.health,
    uses: compiled.uses,
    titles: new Map([
      ...steps.map((step) => [step.id, stepTitle(step)] as const),
      ...compiled.health.map((check) => [check.id, check.title ?? check.id] as const),
    ]),
  };
}

export function titleOf(section: TitledSection, id: string): string {
  return section.titles.get(id) ?? id;
}
