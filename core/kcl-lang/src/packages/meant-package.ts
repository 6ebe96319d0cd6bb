/** Which package a short path means, when the program has one of that name itself. */
import { flatten, targetsOf } from "../semantics/declare.js";
import type { Expression, ImportStatement, Module, TypeNode } from "../syntax/ast.js";
import { type Node, walk } from "../lint/walk.js";

/** Whether a module uses something of what it imports that one of these modules declares. */
export function usesOneOf(module: Module, { name }: ImportStatement, declaring: readonly Module[]): boolean {
  const declared = new Set(declaring.flatMap(({ body }) => [...declaredNames(body)]));
  let isUsed = false;
  walk(module.body, (node: Node) => {
    const one = node as Expression | TypeNode;
    if (one.kind === "selector" && one.value.kind === "name" && one.value.name === name) isUsed ||= declared.has(one.name);
    if (one.kind === "namedType" && one.path[0] === name) isUsed ||= declared.has(one.path[1] ?? "");
    return !isUsed;
  });
  return isUsed;
}

function declaredNames(body: Module["body"]): readonly string[] {
  return flatten(body).flatMap((statement) =>
    statement.kind === "schema" || statement.kind === "typeAlias"
      ? [statement.name]
      : targetsOf(statement).map(({ name }) => name),
  );
}
