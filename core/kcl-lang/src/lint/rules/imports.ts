/** The imports of a file. */
import { flatten } from "../../semantics/declare.js";
import type { ImportStatement } from "../../syntax/ast.js";
import type { LintedFile } from "../rule.js";

export function importsOf(file: LintedFile): ImportStatement[] {
  return [...flatten(file.tree.body)].filter((statement) => statement.kind === "import");
}
