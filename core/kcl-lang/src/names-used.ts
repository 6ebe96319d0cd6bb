/** The names that a text needs from outside: those it reads and neither assigns nor binds itself. */
import type { KclDiagnostic } from "./diagnostics/diagnostic.js";
import { builtinFunctions } from "./library/builtins.js";
import { systemModuleNames } from "./library/registry.js";
import { readsOf } from "./lint/reads.js";
import { type Node, walk } from "./lint/walk.js";
import type { Generator, LambdaExpression, Module, QuantifierExpression } from "./syntax/ast.js";
import { parseExpressionText, parseStatementsText } from "./syntax/parser.js";

export type NamesUsed =
  | { readonly ok: true; readonly names: readonly string[]; readonly assigned: readonly string[] }
  | { readonly ok: false; readonly diagnostics: readonly KclDiagnostic[] };

/** Of an expression as `evaluateExpression` takes it, or of statements as `evaluateText` does. Nothing is evaluated. */
export function namesUsed(text: string, form: "expression" | "statements"): NamesUsed {
  const { tree, diagnostics } = form === "expression" ? parseExpressionText("", text) : parseStatementsText("", text);
  if (diagnostics.length > 0) return { ok: false, diagnostics };
  const { assigned, bound } = ownNames(tree);
  const isOutside = (name: string) =>
    !assigned.has(name) && !bound.has(name) && !systemModuleNames.has(name) && !builtinFunctions.has(name);
  return { ok: true, names: [...readsOf(tree).names].filter(isOutside), assigned: [...assigned] };
}

/** Assigned names; loop variables and parameters. */
function ownNames(tree: unknown): Record<"assigned" | "bound", ReadonlySet<string>> {
  const assigned = new Set<string>();
  const bound = new Set<string>();
  walk(tree, (node: Node) => {
    const one = node as Module["body"][number] | LambdaExpression | Generator | QuantifierExpression | { readonly kind: "other" };
    if ("variables" in one) for (const { name } of one.variables) bound.add(name);
    else if (one.kind === "assign") for (const { name } of one.targets) assigned.add(name);
    else if (one.kind === "lambda") for (const { name } of one.parameters) bound.add(name);
  });
  return { assigned, bound };
}
