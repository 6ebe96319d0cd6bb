/** The names that a tree reads. */
import type { Expression, TypeNode } from "../syntax/ast.js";
import { type Node, walk } from "./walk.js";

export interface Reads {
  /** Names read as such, in expressions and types. */
  readonly names: ReadonlySet<string>;
  /** Names behind a dot. */
  readonly members: ReadonlySet<string>;
  /** Bare keys of configurations, which are names only where a loop variable is called so. */
  readonly keys: ReadonlySet<string>;
}

export function readsOf(tree: unknown): Reads {
  const names = new Set<string>();
  const members = new Set<string>();
  const keys = new Set<string>();
  const visit = (node: Node): boolean | void => {
    const one = node as Expression | TypeNode | { readonly kind: "entry"; readonly bare: boolean; readonly key: Expression };
    if (one.kind === "name") names.add(one.name);
    else if (one.kind === "selector") members.add(one.name);
    else if (one.kind === "namedType") names.add(one.path[0]!);
    else if (one.kind === "entry" && one.bare && one.key.kind === "name") {
      keys.add(one.key.name);
      walk({ ...one, kind: "bareEntry", key: undefined }, visit);
      return false;
    }
  };
  walk(tree, visit);
  return { names, members, keys };
}
