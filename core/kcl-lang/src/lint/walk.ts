/** Visits every node of a tree. */

/** A node as rules see it: its kind tells what it is; parts without a kind are parameters, generators and the like. */
export interface Node {
  readonly kind?: string;
}

/** Calls `visit` for a node and then for all below it, in the order of the text; `visit` may answer `false` to leave out what is below. */
export function walk(node: unknown, visit: (node: Node) => boolean | void): void {
  if (Array.isArray(node)) for (const item of node) walk(item, visit);
  if (typeof node !== "object" || node === null || Array.isArray(node)) return;
  if (visit(node) === false) return;
  for (const [key, value] of Object.entries(node)) if (key !== "at" && key !== "nameAt") walk(value, visit);
}
