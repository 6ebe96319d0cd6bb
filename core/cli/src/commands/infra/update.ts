/** `server update` and `taskserv update`: an apply that is kept to what exists already. */

import { type ActionContext, invoke, type Targets } from "@provisioning/actions";
import { ProvisioningError } from "@provisioning/model";
import type { CliContext } from "../../cli-context.js";
import { type ApplyFlags, applyTargets } from "./apply.js";
import { infraInput } from "./input.js";

export interface Named {
  /** Empty: every server that exists and is described. */
  readonly servers?: readonly string[];
  readonly taskservs?: readonly string[];
}

export async function updateExisting(cli: CliContext, flags: ApplyFlags, named: Named): Promise<void> {
  await applyTargets(cli, flags, async (context) => ({
    ...infraInput(flags),
    targets: await existing(context, flags, named),
  }));
}

/** @throws ProvisioningError `TARGET_ABSENT` */
async function existing(context: ActionContext, flags: ApplyFlags, { servers = [], taskservs }: Named): Promise<Targets> {
  const status = await invoke("infra.status", context, infraInput(flags));
  const there = status.servers.filter((server) => server.status !== "absent");
  const described = there.filter((server) => server.described).map(({ name }) => String(name));
  const chosen = servers.length === 0 ? described : servers;
  const absent = chosen.filter((name) => status.servers.some((server) => server.name === name && server.status === "absent"));
  if (absent.length > 0 || chosen.length === 0) throw absentError(absent, status.infra);
  if (taskservs === undefined) return { servers: chosen };
  const having = there.filter((server) =>
    server.taskservs.some((item) => taskservs.includes(item.name) && item.status !== "absent"),
  );
  const on = chosen.filter((name) => having.some((server) => server.name === name));
  if (on.length === 0) throw absentError(taskservs, status.infra);
  return { servers: on, taskservs };
}

function absentError(names: readonly string[], infra: string): ProvisioningError {
  return new ProvisioningError({
    code: "TARGET_ABSENT",
    message: names.length === 0 ? `Nothing of ${infra} exists yet.` : `Not there yet: ${names.join(", ")}.`,
    hint: "An update changes what exists. Make it with create instead.",
  });
}
