/** The names that a text needs from outside: those it reads and neither assigns nor binds itself. */
import type { KclDiagnostic } from "./diagnostics/diagnostic.js";
import { builtinFunctions } from "./library/builtins.js";
import { systemModuleNames } from "./library/registry.js";
import { readsOf } from "./lint/reads.js";
import { type Node, walk } from "./lint/walk.js";
import type { Generator, LambdaExpression, Module, QuantifierExpression } from "./syntax/ast.js";
import { parseExpressionText, parseStatementsText } from "./syntax/parser.js";

export type NamesUsed =
  | { readonly ok: true; readonly names: readonly string[] }
  | { readonly ok: false; readonly diagnostics: readonly KclDiagnostic[] };

/** Of an expression as `evaluateExpression` takes it, or of statements as `evaluateText` does. Nothing is evaluated. */
export function namesUsed(text: string, form: "expression" | "statements"): NamesUsed {
  const { tree, diagnostics } = form === "expression" ? parseExpressionText("", text) : parseStatementsText("", text);
  if (diagnostics.length > 0) return { ok: false, diagnostics };
  const own = boundIn(tree);
  const isOutside = (name: string) => !own.has(name) && !systemModuleNames.has(name) && !builtinFunctions.has(name);
  return { ok: true, names: [...readsOf(tree).names].filter(isOutside) };
}

/** Assigned names, loop variables and parameters. */
function boundIn(tree: unknown): ReadonlySet<string> {
  const bound = new Set<string>();
  walk(tree, (node: Node) => {
    const one = node as Module["body"][number] | LambdaExpression | Generator | QuantifierExpression | { readonly kind: "other" };
    if ("variables" in one) for (const { name } of one.variables) bound.add(name);
    else if (one.kind === "assign") for (const { name } of one.targets) bound.add(name);
    else if (one.kind === "lambda") for (const { name } of one.parameters) bound.add(name);
  });
  return bound;
}
