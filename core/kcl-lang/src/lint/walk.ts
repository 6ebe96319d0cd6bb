/** Visits every node of a tree. */

/** A node as rules see it: its kind tells what it is; parts without a kind are parameters, generators and the like. */
export interface Node {
  readonly kind?: string;
}

/**
 * Calls `visit` for a node and then for all below it, in the order of the text; `visit` may answer `false` to leave out what is below.
 * Long chains of operators are deep trees, so this does not call itself.
 */
export function walk(root: unknown, visit: (node: Node) => boolean | void): void {
  const pending: unknown[] = [root];
  while (pending.length > 0) {
    const node = pending.pop();
    if (typeof node !== "object" || node === null) continue;
    if (!Array.isArray(node) && visit(node) === false) continue;
    const below: unknown[] = Array.isArray(node) ? node : childrenOf(node);
    for (let index = below.length - 1; index >= 0; index--) pending.push(below[index]);
  }
}

function childrenOf(node: object): unknown[] {
  return Object.entries(node).flatMap(([key, value]: [string, unknown]) => (key === "at" || key === "nameAt" ? [] : [value]));
}
