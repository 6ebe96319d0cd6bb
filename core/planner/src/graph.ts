/** Directed graphs of dependencies: order, cycles, reach. Everything here is linear in nodes plus edges and uses no recursion. */

export interface DependencyGraph<K extends string> {
  readonly nodes: readonly K[];
  /** What must come before `node`. Names that are no nodes are ignored. */
  readonly dependenciesOf: (node: K) => readonly K[];
}

export type Ordering<K extends string> =
  | { readonly ok: true; readonly order: readonly K[] }
  /** `cycle` names each node once, in the order in which one needs the next; the last needs the first. */
  | { readonly ok: false; readonly cycle: readonly K[] };

/** Dependencies first; nodes that are free at the same time keep the order in which they were given (Kahn). */
export function topologicalOrder<K extends string>(graph: DependencyGraph<K>): Ordering<K> {
  const known = new Set(graph.nodes);
  const dependents = new Map<K, K[]>();
  const waiting = new Map<K, number>();
  for (const node of known) {
    const dependencies = new Set(graph.dependenciesOf(node).filter((dependency) => known.has(dependency)));
    waiting.set(node, dependencies.size);
    for (const dependency of dependencies) {
      const list = dependents.get(dependency);
      if (list) list.push(node);
      else dependents.set(dependency, [node]);
    }
  }
  const order: K[] = [...known].filter((node) => waiting.get(node) === 0);
  for (let at = 0; at < order.length; at += 1) {
    for (const dependent of dependents.get(order[at] as K) ?? []) {
      const left = (waiting.get(dependent) as number) - 1;
      waiting.set(dependent, left);
      if (left === 0) order.push(dependent);
    }
  }
  if (order.length === known.size) return { ok: true, order };
  return { ok: false, cycle: findCycle(graph, known, waiting) };
}

/** Every node that is left over leads into a cycle, so walking along unmet dependencies must come back. */
function findCycle<K extends string>(graph: DependencyGraph<K>, known: ReadonlySet<K>, waiting: ReadonlyMap<K, number>): K[] {
  const isStuck = (node: K) => known.has(node) && (waiting.get(node) as number) > 0;
  const path: K[] = [];
  const position = new Map<K, number>();
  let node = [...known].find(isStuck) as K;
  while (!position.has(node)) {
    position.set(node, path.length);
    path.push(node);
    node = graph.dependenciesOf(node).find(isStuck) as K;
  }
  return path.slice(position.get(node));
}

/** `start` and everything it needs, directly or not. */
export function reachable<K extends string>(start: readonly K[], dependenciesOf: (node: K) => readonly K[]): ReadonlySet<K> {
  const seen = new Set<K>(start);
  const queue = [...seen];
  for (let at = 0; at < queue.length; at += 1) {
    for (const next of dependenciesOf(queue[at] as K)) {
      if (seen.has(next)) continue;
      seen.add(next);
      queue.push(next);
    }
  }
  return seen;
}
