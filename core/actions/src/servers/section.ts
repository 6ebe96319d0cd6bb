/** One taskserv of a server as a section of the program that is sent to it, with the titles of its steps for people. */

import { type ProgramSection, stepTitle } from "@provisioning/extension-sdk";
import { invariant, type TaskservName } from "@provisioning/model";
import type { DesiredServer } from "../desired/desired.js";
import type { InfraSession } from "../session.js";
import { requireSupportedSystem } from "./supported-system.js";
import { type InputOptions, taskservInput } from "./taskserv-input.js";

export interface TitledSection extends ProgramSection {
  /** By the id of a step or health check. */
  readonly titles: ReadonlyMap<string, string>;
  /** Of the steps as they were compiled: another one means that something they are made from is another. */
  readonly digest: string;
  /** Taskservs anywhere in the infra that must answer before this one can be healthy. */
  readonly uses: readonly TaskservName[];
}

export interface SectionOptions extends InputOptions {
  /** Default: `install`. */
  readonly steps?: "install" | "remove";
}

/**
 * `install` has the steps that install, `remove` those that remove; health checks are in both.
 * `config` takes the place of what is desired: the configuration that a taskserv was installed with, when it is removed or looked after.
 */
export async function sectionFor(
  session: InfraSession,
  server: DesiredServer,
  taskserv: TaskservName,
  options: SectionOptions,
): Promise<TitledSection> {
  const extension = session.catalog.get(taskserv);
  invariant(extension !== undefined, `no taskserv ${taskserv} in the catalog`);
  requireSupportedSystem(extension.manifest, server.name, session.records.get(server.address)?.attributes);
  const compiled = await session.compiler.compile(extension, await taskservInput(session, server, taskserv, options));
  const steps = compiled[options.steps ?? "install"];
  return {
    taskserv,
    version: extension.manifest.version,
    requires: extension.manifest.requires,
    steps,
    health: compiled.health,
    digest: session.digest(JSON.stringify(steps)),
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
