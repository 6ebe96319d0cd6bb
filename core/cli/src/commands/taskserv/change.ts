/** `taskserv create`, `taskserv update` and `taskserv delete`. */

import type { CliContext } from "../../cli-context.js";
import { type ApplyFlags, applyTargets } from "../infra/apply.js";
import { destroyTargets } from "../infra/destroy.js";
import { infraInput } from "../infra/input.js";
import { updateExisting } from "../infra/update.js";

type Flags = ApplyFlags & { readonly servers?: readonly string[] };

export async function createTaskservs(this: CliContext, flags: Flags, ...taskservs: string[]): Promise<void> {
  await applyTargets(this, flags, { ...infraInput(flags), targets: targetsOf(flags, taskservs) });
}

export async function updateTaskservs(this: CliContext, flags: Flags, ...taskservs: string[]): Promise<void> {
  await updateExisting(this, flags, targetsOf(flags, taskservs));
}

export async function deleteTaskservs(this: CliContext, flags: Flags, ...taskservs: string[]): Promise<void> {
  await destroyTargets(this, flags, { ...infraInput(flags), targets: targetsOf(flags, taskservs) });
}

function targetsOf(flags: Flags, taskservs: readonly string[]) {
  return { taskservs, ...(flags.servers === undefined ? {} : { servers: flags.servers }) };
}
