/** `server create`, `server update` and `server delete`. */

import type { CliContext } from "../../cli-context.js";
import { type ApplyFlags, applyTargets } from "../infra/apply.js";
import { destroyTargets } from "../infra/destroy.js";
import { infraInput } from "../infra/input.js";
import { updateExisting } from "../infra/update.js";

export async function createServers(this: CliContext, flags: ApplyFlags, ...servers: string[]): Promise<void> {
  await applyTargets(this, flags, { ...infraInput(flags), ...(servers.length === 0 ? {} : { targets: { servers } }) });
}

export async function updateServers(this: CliContext, flags: ApplyFlags, ...servers: string[]): Promise<void> {
  await updateExisting(this, flags, { servers });
}

export async function deleteServers(this: CliContext, flags: ApplyFlags, ...servers: string[]): Promise<void> {
  await destroyTargets(this, flags, { ...infraInput(flags), targets: { servers } });
}
