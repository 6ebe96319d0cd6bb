/**
 * Resources and how they belong together, as a graph. Made from records alone, so every storage backend gives the same answers.
 * Everything is linear in resources plus relations.
 */

import { type Address, parseAddress, type ResourceRecord, serverAddress } from "@provisioning/model";

/** `runs_on`: a taskserv and its server. `attached_to`: a server and its network. `depends_on`: anything else that comes before. */
export type Relation = "depends_on" | "runs_on" | "attached_to";

export interface ResourceEdge {
  readonly from: Address;
  readonly relation: Relation;
  readonly to: Address;
}

export interface ResourceGraph {
  /** Sorted. */
  readonly nodes: readonly Address[];
  /** What a resource needs. */
  readonly outgoing: ReadonlyMap<Address, readonly ResourceEdge[]>;
  /** What needs a resource. */
  readonly incoming: ReadonlyMap<Address, readonly ResourceEdge[]>;
}

/** A resource that was found on the way, and how far that was. */
export interface Reached {
  readonly address: Address;
  /** Relations between it and the nearest start. */
  readonly distance: number;
}

/** Relations to what is not recorded are left out. */
export function buildResourceGraph(records: readonly Pick<ResourceRecord, "address" | "dependsOn">[]): ResourceGraph {
  const nodes = records.map(({ address }) => address).sort();
  const known = new Set(nodes);
  const outgoing = new Map<Address, ResourceEdge[]>(nodes.map((node) => [node, []]));
  const incoming = new Map<Address, ResourceEdge[]>(nodes.map((node) => [node, []]));
  for (const record of records) {
    for (const edge of edgesOf(record)) {
      if (!known.has(edge.to)) continue;
      outgoing.get(edge.from)?.push(edge);
      incoming.get(edge.to)?.push(edge);
    }
  }
  return { nodes, outgoing, incoming };
}

function edgesOf({ address, dependsOn }: Pick<ResourceRecord, "address" | "dependsOn">): readonly ResourceEdge[] {
  const parsed = parseAddress(address);
  const host = parsed.kind === "taskserv" ? serverAddress(parsed.server) : undefined;
  const targets = new Set(host === undefined ? dependsOn : [host, ...dependsOn]);
  targets.delete(address);
  return [...targets].map((to) => ({ from: address, relation: relationOf(address, to, host), to }));
}

function relationOf(from: Address, to: Address, host: Address | undefined): Relation {
  if (to === host) return "runs_on";
  return parseAddress(from).kind === "server" && parseAddress(to).kind === "network" ? "attached_to" : "depends_on";
}

/** All that cannot be without one of `start`, nearest first. `start` itself is not among them. */
export function dependentsOf(graph: ResourceGraph, start: readonly Address[]): readonly Reached[] {
  return reach(start, (node) => (graph.incoming.get(node) ?? []).map(({ from }) => from));
}

/** All that one of `start` needs, nearest first. */
export function dependenciesOf(graph: ResourceGraph, start: readonly Address[]): readonly Reached[] {
  return reach(start, (node) => (graph.outgoing.get(node) ?? []).map(({ to }) => to));
}

function reach(start: readonly Address[], next: (node: Address) => readonly Address[]): readonly Reached[] {
  const distances = new Map<Address, number>(start.map((node) => [node, 0]));
  for (const [node, distance] of distances) {
    for (const other of next(node)) if (!distances.has(other)) distances.set(other, distance + 1);
  }
  return [...distances]
    .filter(([, distance]) => distance > 0)
    .map(([address, distance]) => ({ address, distance }))
    .sort((left, right) => left.distance - right.distance || left.address.localeCompare(right.address));
}

/** A shortest chain of needs from one of `from` to one of `to`; absent when there is none. */
export function pathBetween(
  graph: ResourceGraph,
  from: readonly Address[],
  to: readonly Address[],
): readonly ResourceEdge[] | undefined {
  const goals = new Set(to);
  const cameBy = new Map<Address, ResourceEdge | undefined>(from.map((node) => [node, undefined]));
  for (const [node] of cameBy) {
    if (goals.has(node)) return edgesTo(node, cameBy);
    for (const edge of graph.outgoing.get(node) ?? []) if (!cameBy.has(edge.to)) cameBy.set(edge.to, edge);
  }
  return undefined;
}

function edgesTo(goal: Address, cameBy: ReadonlyMap<Address, ResourceEdge | undefined>): readonly ResourceEdge[] {
  const edges: ResourceEdge[] = [];
  for (let edge = cameBy.get(goal); edge !== undefined; edge = cameBy.get(edge.from)) edges.push(edge);
  return edges.reverse();
}

/** An address, or all resources that are called so: `etcd` is every etcd, `db-01` is the server. */
export function resourcesNamed(graph: ResourceGraph, name: string): readonly Address[] {
  return graph.nodes.filter((node) => node === name || nameOf(node) === name);
}

/** What people call it. */
export function nameOf(address: Address): string {
  const parsed = parseAddress(address);
  return parsed.kind === "taskserv" ? parsed.taskserv : parsed.kind === "server" ? parsed.server : parsed.name;
}
