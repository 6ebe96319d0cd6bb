/** Narrowing a plan to some servers or taskservs. What they depend on comes along; everything else is left alone. */

import { type Address, type Change, nearest, parseAddress, type Plan, ProvisioningError } from "@provisioning/model";
import { reachable } from "@provisioning/planner";

export interface Targets {
  /** Names of servers; with everything on them. */
  readonly servers?: readonly string[];
  /** Names of taskservs, on all servers that carry them (or on `servers`, when these are given too). */
  readonly taskservs?: readonly string[];
}

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

/** @throws TargetUnknownError */
export function narrow(plan: Plan, targets: Targets | undefined): Plan {
  const servers = targets?.servers ?? [];
  const taskservs = targets?.taskservs ?? [];
  if (servers.length === 0 && taskservs.length === 0) return plan;
  check(plan, "server", servers);
  check(plan, "taskserv", taskservs);
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

function check(plan: Plan, what: "server" | "taskserv", names: readonly string[]): void {
  const known = new Set<string>();
  for (const change of plan.changes) {
    const address = parseAddress(change.address);
    if (address.kind !== "network")
      known.add(what === "server" ? address.server : address.kind === "taskserv" ? address.taskserv : "");
  }
  known.delete("");
  for (const name of names) if (!known.has(name)) throw new TargetUnknownError(what, name, [...known].sort());
}
