/** What the items of an operation are in this infra: addresses of servers, of taskservs on their servers, and of all that a cluster is. */

import {
  type Address,
  type BatchOperation,
  type Diagnostic,
  parseAddress,
  type ProviderName,
  type ServerName,
  serverAddress,
  taskservAddress,
} from "@provisioning/model";
import { didYouMean, type Problem, problem } from "./problem.js";
import type { BatchScope } from "./scope.js";

/** By item, in the order of the items. */
export type ItemAddresses = ReadonlyMap<string, readonly Address[]>;

/** The things of an infra by the names that items have. */
export interface ItemIndex {
  readonly servers: ReadonlyMap<string, ProviderName>;
  readonly recordedServers: ReadonlyMap<string, ProviderName>;
  readonly placements: ReadonlyMap<string, readonly Placed[]>;
  readonly recordedPlacements: ReadonlyMap<string, readonly Placed[]>;
  /** All servers and taskservs, as described. */
  readonly all: readonly Placed[];
  /** What is recorded, in the order in which it can be gone through to remove it: servers take their taskservs along. */
  readonly allRecorded: readonly Placed[];
}

interface Placed {
  readonly address: Address;
  readonly provider: ProviderName;
}

export function indexItems({ servers, recorded }: BatchScope): ItemIndex {
  const placements = new Map<string, Placed[]>();
  for (const { name, provider, taskservs } of servers) {
    for (const taskserv of taskservs) append(placements, taskserv, { address: taskservAddress(name, taskserv), provider });
  }
  const recordedServers = new Map<string, ProviderName>();
  const recordedPlacements = new Map<string, Placed[]>();
  for (const { address, provider } of recorded) {
    const parsed = parseAddress(address);
    if (parsed.kind === "server") recordedServers.set(parsed.server, provider);
    if (parsed.kind === "taskserv") append(recordedPlacements, parsed.taskserv, { address, provider });
  }
  return {
    servers: new Map(servers.map(({ name, provider }) => [name, provider])),
    recordedServers,
    placements,
    recordedPlacements,
    all: [...servers.map(({ address, provider }) => ({ address, provider })), ...[...placements.values()].flat()],
    allRecorded: ["server", "taskserv", "network"].flatMap((kind) =>
      recorded.filter(({ address }) => parseAddress(address).kind === kind),
    ),
  };
}

function append<Item>(lists: Map<string, Item[]>, key: string, item: Item): void {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}

export function findItems(operation: BatchOperation, scope: BatchScope, index: ItemIndex, problems: Diagnostic[]): ItemAddresses {
  for (const [index, name] of operation.providers.entries()) {
    if (scope.knownProviders.includes(name)) continue;
    const hint = didYouMean(name, scope.knownProviders, "Known providers");
    problems.push(
      problem({
        code: "PROVIDER_UNKNOWN",
        summary: `There is no provider ${name}.`,
        hint,
        about: operation,
        field: `providers.${index}`,
      }),
    );
  }
  if (operation.target === "cluster") return findClusters(operation, scope, index, problems);
  const found = new Map<string, readonly Address[]>();
  operation.items.forEach((item, at) => {
    const result =
      operation.target === "server" ? findServer(item, operation, index) : findPlacements(item, operation, scope, index);
    if (typeof result === "string" || result === undefined) problems.push(unknownItem(item, at, operation, scope, result));
    else found.set(item, result);
  });
  return found;
}

/** A cluster is an infra: all that it describes, and to remove it all that is recorded of it. */
function findClusters(operation: BatchOperation, scope: BatchScope, index: ItemIndex, problems: Diagnostic[]): ItemAddresses {
  const found = new Map<string, readonly Address[]>();
  operation.items.forEach((item, at) => {
    if (item === scope.infra) {
      const placed = operation.verb === "delete" ? [...index.allRecorded, ...index.all] : index.all;
      const addresses = placed.filter(({ provider }) => isFor(operation, provider)).map(({ address }) => address);
      found.set(item, [...new Set(addresses)]);
      return;
    }
    const field = operation.region === undefined ? `items.${at}` : "cluster";
    problems.push(problem({ ...otherCluster(item, scope, "BATCH_ITEM_UNKNOWN"), about: operation, field }));
  });
  return found;
}

/** Why a name is not the cluster that a run works on. */
export function otherCluster(
  name: string,
  { infra, knownInfras }: BatchScope,
  unknown: string,
): Pick<Problem, "code" | "summary" | "hint"> {
  if (knownInfras.includes(name)) {
    const hint = "Write a workflow of its own for it.";
    return { code: "BATCH_UNSUPPORTED", summary: `A run works on one infra, here on ${infra}; ${name} is another one.`, hint };
  }
  const hint = didYouMean(name, knownInfras, "A cluster is an infra of the workspace; there are");
  return { code: unknown, summary: `There is no cluster ${name}.`, hint };
}

/** What is to be removed may be gone from the definition. */
function findServer(item: string, operation: BatchOperation, index: ItemIndex): readonly Address[] | undefined {
  const recorded = operation.verb === "delete" ? index.recordedServers.get(item) : undefined;
  const provider = index.servers.get(item) ?? recorded;
  if (provider === undefined) return undefined;
  return isFor(operation, provider) ? [serverAddress(item as ServerName)] : [];
}

/** A text says why there is none though there is such a taskserv. */
function findPlacements(
  item: string,
  operation: BatchOperation,
  scope: BatchScope,
  index: ItemIndex,
): readonly Address[] | string | undefined {
  const recorded = operation.verb === "delete" ? (index.recordedPlacements.get(item) ?? []) : [];
  const all = [...(index.placements.get(item) ?? []), ...recorded];
  if (all.length === 0) {
    return scope.knownTaskservs.includes(item) ? `No server of ${scope.infra} carries ${item}.` : undefined;
  }
  return [...new Set(all.filter(({ provider }) => isFor(operation, provider)).map(({ address }) => address))];
}

function isFor(operation: BatchOperation, provider: string): boolean {
  return operation.providers.length === 0 || operation.providers.includes(provider);
}

function unknownItem(
  item: string,
  index: number,
  operation: BatchOperation,
  scope: BatchScope,
  reason: string | undefined,
): Diagnostic {
  const field = `items.${index}`;
  if (reason !== undefined) {
    return problem({
      code: "BATCH_ITEM_UNPLACED",
      summary: reason,
      hint: "Put it on a server in the definition of the infra.",
      about: operation,
      field,
    });
  }
  const isServer = operation.target === "server";
  const known = isServer ? scope.servers.map(({ name }) => name) : scope.knownTaskservs;
  const summary = isServer ? `${scope.infra} has no server ${item}.` : `There is no taskserv ${item}.`;
  const hint = didYouMean(item, known, isServer ? "Its servers" : "Known taskservs");
  return problem({ code: "BATCH_ITEM_UNKNOWN", summary, hint, about: operation, field });
}
