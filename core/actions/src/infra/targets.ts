/** Narrowing a plan to some servers or taskservs. What they depend on comes along; everything else is left alone. */

import { type Address, type Change, nearest, parseAddress, type Plan, ProvisioningError } from "@provisioning/model";
import { reachable } from "@provisioning/planner";
import * as z from "zod/mini";

export interface Targets {
  /** Names of servers; with everything on them. */
  readonly servers?: readonly string[];
  /** Names of taskservs, on all servers that carry them (or on `servers`, when these are given too). */
  readonly taskservs?: readonly string[];
}

const namesSchema = z.array(z.string());
export const targetsSchema: z.ZodMiniType<Targets> = z.strictObject({
  servers: z.exactOptional(namesSchema),
  taskservs: z.exactOptional(namesSchema),
});

export class TargetUnknownError extends ProvisioningError {
  constructor(what: "server" | "taskserv", name: string, known: readonly string[]) {
    const suggestion = nearest(name, known);
    super({
      code: "TARGET_UNKNOWN",
      message: `This infra has no ${what} ${JSON.stringify(name)}.`,
      hint: suggestion === undefined ? `It has: ${known.join(", ") || "none"}.` : `Did you mean ${suggestion}?`,
    });
  }
}

/** They exist each, but not together: nothing would be done, which must not look like success. */
class TargetEmptyError extends ProvisioningError {
  constructor(taskserv: string, servers: readonly string[], carriers: readonly string[]) {
    super({
      code: "TARGET_UNKNOWN",
      message: `${taskserv} is not on ${servers.join(" or ")}.`,
      hint: `It is on: ${carriers.join(", ")}. What a server carries is said in the definition.`,
    });
  }
}

/** @throws TargetUnknownError, TargetEmptyError */
export function narrow(plan: Plan, targets: Targets | undefined): Plan {
  const servers = targets?.servers ?? [];
  const taskservs = targets?.taskservs ?? [];
  if (servers.length === 0 && taskservs.length === 0) return plan;
  checkTargets(
    plan.changes.map((change) => change.address),
    targets,
  );
  const byAddress = new Map(plan.changes.map((change) => [change.address, change]));
  const wanted = plan.changes.filter((change) => matches(change, servers, taskservs)).map((change) => change.address);
  const kept = reachable<Address>(wanted, (address) => byAddress.get(address)?.dependsOn ?? []);
  return { ...plan, changes: plan.changes.filter((change) => kept.has(change.address)) };
}

function matches(change: Change, servers: readonly string[], taskservs: readonly string[]): boolean {
  const address = parseAddress(change.address);
  if (address.kind === "network") return false;
  const onServer = servers.length === 0 || servers.includes(address.server);
  if (address.kind === "server") return taskservs.length === 0 && onServer;
  return onServer && (taskservs.length === 0 || taskservs.includes(address.taskserv));
}

/** `addresses` is everything that could be meant. @throws TargetUnknownError, TargetEmptyError */
export function checkTargets(addresses: Iterable<Address>, targets: Targets | undefined): void {
  const servers = new Set<string>();
  const carriers = new Map<string, Set<string>>();
  for (const item of addresses) {
    const address = parseAddress(item);
    if (address.kind === "network") continue;
    servers.add(address.server);
    if (address.kind === "taskserv")
      carriers.set(address.taskserv, (carriers.get(address.taskserv) ?? new Set()).add(address.server));
  }
  const wanted = targets?.servers ?? [];
  for (const name of wanted) if (!servers.has(name)) throw new TargetUnknownError("server", name, [...servers].sort());
  for (const name of targets?.taskservs ?? []) {
    const on = carriers.get(name);
    if (on === undefined) throw new TargetUnknownError("taskserv", name, [...carriers.keys()].sort());
    if (wanted.length > 0 && !wanted.some((server) => on.has(server))) throw new TargetEmptyError(name, wanted, [...on]);
  }
}
