/** Names in type annotations must stand for schemas or aliases. */
import { kinds } from "../diagnostics/diagnostic.js";
import type { TypeNode } from "../syntax/ast.js";
import type { Checker } from "./checker.js";
import { resolveNamed } from "./resolve-type.js";
import { findImport } from "./symbols.js";

export function checkTypeNode(checker: Checker, node: TypeNode): void {
  switch (node.kind) {
    case "listType":
      if (node.item !== undefined) checkTypeNode(checker, node.item);
      return;
    case "dictType":
      for (const part of [node.key, node.value]) if (part !== undefined) checkTypeNode(checker, part);
      return;
    case "unionType":
      for (const member of node.members) checkTypeNode(checker, member);
      return;
    case "functionType":
      for (const part of [...node.parameters, ...(node.result === undefined ? [] : [node.result])]) checkTypeNode(checker, part);
      return;
    case "namedType":
      return checkName(checker, node);
    default:
  }
}

function checkName(checker: Checker, node: TypeNode & { kind: "namedType" }): void {
  const { program, pkg } = checker;
  if (resolveNamed(program, pkg, node.at.file, node.path) !== undefined) return;
  const [first = "", second] = node.path;
  const target = findImport(pkg, node.at.file, first);
  if (target?.kind === "missing") return;
  if (target !== undefined && second !== undefined) {
    const known = target.kind === "package" && program.packages.get(target.path)?.variables.has(second);
    if (!known)
      checker.report(
        kinds.type,
        `attribute '${second}' not found in 'module '${target.kind === "package" ? target.path : target.name}''`,
        node.at,
      );
    return;
  }
  checker.nameType(first, node.at);
}
