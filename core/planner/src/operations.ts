/**
 * Turns a plan into the graph of operations that a run executes. Pure.
 *
 * Per changed server: one operation that makes it so. Per changed taskserv: one that installs and one that checks its health;
 * what requires it waits for the health check. A barrier between the servers and the taskservs waits until every address of the
 * infra is known (or known to be missing), because configuration files name other servers; what is updated because a server gets
 * another address is left alone when it gets none. The health check of a clustered
 * taskserv waits until all new members are installed; updates of such a taskserv go from server to server.
 */

import {
  type Address,
  type Change,
  networkAddress,
  type OnFailure,
  type OperationDefinition,
  type OperationDependency,
  type OperationId,
  type ParsedAddress,
  type Plan,
  parseAddress,
  type RetryPolicy,
  serverAddress,
  type TaskservName,
} from "@provisioning/model";

export type OperationAction =
  | "network.reconcile"
  | "network.delete"
  | "server.reconcile"
  | "server.delete"
  | "servers.known"
  | "server.check"
  | "batch.gate"
  | "batch.verdict"
  | "taskserv.install"
  | "taskserv.health"
  | "taskserv.remove";

export interface OperationOptions {
  readonly timeoutMs: number;
  readonly retry: RetryPolicy;
  readonly onFailure: OnFailure;
  /** Its members form one cluster across servers. */
  readonly isClustered: (taskserv: TaskservName) => boolean;
  /** Taskservs anywhere in the infra that must answer before this placement can be healthy. */
  readonly usesOf: (placement: Address) => readonly TaskservName[];
}

/** Linear in changes and dependencies, except that the members of one clustered taskserv all know each other. */
export function planOperations(plan: Plan, options: OperationOptions): OperationDefinition[] {
  const work = plan.changes.filter((change) => change.kind !== "none");
  const deleted = new Set(work.filter((change) => change.kind === "delete").map((change) => change.address));
  const pending = new Map(work.map((change) => [change.address, change]));
  const servers = work.filter((change) => change.resource === "server" && change.kind !== "delete");
  const context: Context = {
    plan,
    options,
    pending,
    deleted,
    placements: changedPlacements(work),
    hasBarrier: servers.length > 0,
  };
  const operations = work.flatMap((change) => operationsFor(change, context));
  return context.hasBarrier ? [...operations, barrierAfter(servers, context)] : operations;
}

interface Context {
  readonly plan: Plan;
  readonly options: OperationOptions;
  readonly pending: ReadonlyMap<Address, Change>;
  readonly deleted: ReadonlySet<Address>;
  readonly hasBarrier: boolean;
  /** Per taskserv, the placements that change, without deletions. */
  readonly placements: ReadonlyMap<TaskservName, readonly Address[]>;
}

export function operationId(action: OperationAction, address: Address): OperationId {
  return `${action}:${address}` as OperationId;
}

const BARRIER: OperationAction = "servers.known";

function operationsFor(change: Change, context: Context): OperationDefinition[] {
  const address = parseAddress(change.address);
  switch (address.kind) {
    case "network":
      return change.kind === "delete"
        ? [
            operation(
              context,
              change,
              "network.delete",
              `remove network ${address.name}`,
              deletionsBefore(change, context, "server.delete"),
            ),
          ]
        : [operation(context, change, "network.reconcile", `make network ${address.name}`, [])];
    case "server":
      return serverOperations(change, address.server, context);
    case "taskserv":
      return taskservOperations(change, address, context);
  }
}

function serverOperations(change: Change, server: string, context: Context): OperationDefinition[] {
  // A server that goes away takes its taskservs with it: nothing has to be removed from it first.
  const remove = () => operation(context, change, "server.delete", `remove server ${server}`, [], server);
  if (change.kind === "delete") return [remove()];
  const before = change.dependsOn
    .filter((dependency) => context.pending.has(dependency))
    .map((dependency) => hard(operationId("network.reconcile", dependency)));
  if (change.kind !== "replace") {
    const verb = change.kind === "create" ? "create" : "update";
    return [operation(context, change, "server.reconcile", `${verb} server ${server}`, before, server)];
  }
  const removal = remove();
  const creation = operation(
    context,
    change,
    "server.reconcile",
    `create server ${server} anew`,
    [...before, hard(removal.id)],
    server,
  );
  return [removal, creation];
}

function taskservOperations(
  change: Change,
  address: Extract<ParsedAddress, { kind: "taskserv" }>,
  context: Context,
): OperationDefinition[] {
  const { server, taskserv } = address;
  if (change.kind === "delete") {
    if (context.deleted.has(serverAddress(server))) return [];
    const before = deletionsBefore(change, context, "taskserv.remove");
    return [operation(context, change, "taskserv.remove", `remove ${taskserv} from ${server}`, before, server)];
  }
  const verb = change.kind === "create" ? "install" : "update";
  const install = operation(
    context,
    change,
    "taskserv.install",
    `${verb} ${taskserv} on ${server}`,
    installAfter(change, context),
    server,
  );
  const health = operation(
    context,
    change,
    "taskserv.health",
    `check ${taskserv} on ${server}`,
    [hard(install.id), ...installsOfNewMembers(change, taskserv, context), ...healthOfUsed(change.address, context)],
    server,
  );
  return [install, health];
}

/** A cluster is whole when its new members are there: without them none of its members is asked how it is. */
function installsOfNewMembers(change: Change, taskserv: TaskservName, context: Context): OperationDependency[] {
  return membersOf(context, taskserv)
    .filter((member) => member !== change.address && isInitial(context, member))
    .map((member) => hard(operationId("taskserv.install", member)));
}

/** What it uses is waited for; when that fails, its own check says what does not work. */
function healthOfUsed(placement: Address, context: Context): OperationDependency[] {
  const used = context.options.usesOf(placement).flatMap((taskserv) => context.placements.get(taskserv) ?? []);
  return used
    .filter((address) => address !== placement)
    .map((address) => ({ on: operationId("taskserv.health", address), type: "soft" }));
}

/** Its server, the addresses of all servers, what it requires, and in a rolling update the member before it. */
function installAfter(change: Change, context: Context): OperationDependency[] {
  const dependencies: OperationDependency[] = [];
  for (const dependency of change.dependsOn) {
    if (!context.pending.has(dependency)) continue;
    const kind = parseAddress(dependency).kind;
    dependencies.push(hard(operationId(kind === "server" ? "server.reconcile" : "taskserv.health", dependency)));
  }
  if (context.hasBarrier) dependencies.push(hard(operationId(BARRIER, networkAddress(context.plan.infra))));
  dependencies.push(...addressesAnew(change, context));
  const previous = previousMember(change, context);
  if (previous !== undefined) dependencies.push(hard(operationId("taskserv.health", previous)));
  return dependencies;
}

/**
 * What is there is made from the address that a server had. When that is lost and there is no new one, it stays as it is: it would only be made
 * without the server. What was never made with it goes on after the barrier.
 */
function addressesAnew({ kind, unknown = [], dependsOn }: Change, { pending }: Context): OperationDependency[] {
  if (kind !== "update") return [];
  return [...new Set(unknown.map(({ knownAfter }) => knownAfter))]
    .filter((server) => !dependsOn.includes(server) && isMadeAnew(pending.get(server)))
    .map((server) => hard(operationId("server.reconcile", server)));
}

/** A server that is replaced, or was there and is gone. */
function isMadeAnew(change: Change | undefined): boolean {
  return change?.resource === "server" && (change.kind === "replace" || (change.kind === "create" && change.drift));
}

function previousMember(change: Change, context: Context): Address | undefined {
  const address = parseAddress(change.address);
  if (address.kind !== "taskserv" || change.kind !== "update") return undefined;
  const updates = membersOf(context, address.taskserv).filter((member) => !isInitial(context, member));
  return updates[updates.indexOf(change.address) - 1];
}

function isInitial(context: Context, member: Address): boolean {
  return context.pending.get(member)?.kind === "create";
}

/** In plan order. */
function changedPlacements(work: readonly Change[]): Map<TaskservName, Address[]> {
  const placements = new Map<TaskservName, Address[]>();
  for (const change of work) {
    const address = parseAddress(change.address);
    if (address.kind !== "taskserv" || change.kind === "delete") continue;
    const list = placements.get(address.taskserv);
    if (list) list.push(change.address);
    else placements.set(address.taskserv, [change.address]);
  }
  return placements;
}

/** The changed members of the cluster that a taskserv forms; none when it forms no cluster. */
function membersOf(context: Context, taskserv: TaskservName): readonly Address[] {
  return context.options.isClustered(taskserv) ? (context.placements.get(taskserv) ?? []) : [];
}

function barrierAfter(servers: readonly Change[], context: Context): OperationDefinition {
  const after = servers.map((change) => ({ on: operationId("server.reconcile", change.address), type: "soft" as const }));
  return operation(
    context,
    { address: networkAddress(context.plan.infra), kind: "none" },
    BARRIER,
    "know the addresses of all servers",
    after,
  );
}

function deletionsBefore(change: Change, context: Context, action: OperationAction): OperationDependency[] {
  return change.dependsOn
    .filter((dependent) => context.deleted.has(dependent))
    .map((dependent) => hard(operationId(action, dependent)));
}

function hard(on: OperationId): OperationDependency {
  return { on, type: "hard" };
}

function operation(
  context: Context,
  change: Pick<Change, "address" | "kind">,
  action: OperationAction,
  title: string,
  dependsOn: readonly OperationDependency[],
  lane?: string,
): OperationDefinition {
  return {
    id: operationId(action, change.address),
    title,
    action,
    address: change.address,
    // What is undone in a rollback depends on whether this run made the thing or changed what was there.
    input: { change: change.kind },
    dependsOn,
    ...(lane === undefined ? {} : { lane }),
    timeoutMs: context.options.timeoutMs,
    retry: context.options.retry,
    onFailure: context.options.onFailure,
  };
}
