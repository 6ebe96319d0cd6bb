/** `parallel = False`: the items of an operation one after the other, and never two at a time. */

import { type BatchOperation, type OperationDefinition, type OperationId, parseAddress } from "@provisioning/model";
import { topologicalOrder } from "../graph.js";
import type { BatchGraph } from "./batch-graph.js";

/**
 * Puts the operations of a group in a chain. The order is that of the items as written, but what an item requires comes before it.
 * Waiting is soft: whether an item needs another one is said by its requirements, not by its place.
 */
export function chain(operation: BatchOperation, graph: BatchGraph): void {
  const own = graph.of(operation.id).filter(({ action }) => CHAINED.has(action));
  const sequence = sortByItem(operation, own).flatMap((items) => withinItem(items));
  const place = new Map<OperationId, number>(sequence.map(({ id }, index) => [id, index]));
  sequence.forEach(({ id }, index) => {
    // What is only waited for gives way to the order that was asked for.
    graph.unlink(id, ({ on, type }) => type !== "soft" || (place.get(on) ?? -1) < index);
    const previous = sequence[index - 1];
    if (previous !== undefined) graph.link(id, { on: previous.id, type: "soft" });
  });
}

const CHAINED: ReadonlySet<string> = new Set([
  "server.reconcile",
  "server.delete",
  "server.check",
  "taskserv.install",
  "taskserv.health",
  "taskserv.remove",
]);

/** One list per item. */
function sortByItem(operation: BatchOperation, own: readonly OperationDefinition[]): OperationDefinition[][] {
  // What items require comes along without being one.
  const items = [...new Set([...operation.items, ...own.map(itemOf)])];
  const byItem = new Map<string, OperationDefinition[]>(items.map((item) => [item, []]));
  for (const one of own) byItem.get(itemOf(one))?.push(one);
  const itemOfId = new Map(own.map((one) => [one.id, itemOf(one)]));
  const needs = (item: string) =>
    (byItem.get(item) ?? []).flatMap(({ dependsOn }) =>
      dependsOn.flatMap(({ on, type }) => (type === "hard" ? (itemOfId.get(on) ?? []) : [])).filter((other) => other !== item),
    );
  const ordering = topologicalOrder({ nodes: items, dependenciesOf: needs });
  const order = ordering.ok ? ordering.order : items;
  return order.map((item) => byItem.get(item) ?? []);
}

function itemOf({ address }: OperationDefinition): string {
  const parsed = parseAddress(address);
  return parsed.kind === "taskserv" ? parsed.taskserv : parsed.kind === "server" ? parsed.server : parsed.name;
}

/** Members of a cluster are healthy when all are installed: all first installations, then their checks, then updates one by one. */
function withinItem(operations: readonly OperationDefinition[]): readonly OperationDefinition[] {
  const isFirst = ({ input }: OperationDefinition) => input.change === "create";
  const first = operations.filter(isFirst);
  return [
    ...first.filter(({ action }) => action !== "taskserv.health"),
    ...first.filter(({ action }) => action === "taskserv.health"),
    ...operations.filter((operation) => !isFirst(operation)),
  ];
}
