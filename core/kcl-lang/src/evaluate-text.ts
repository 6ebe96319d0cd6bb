/** Conditions of several lines: assignments under `if`, `elif` and `else` over given names. */
import { diagnostic, type KclDiagnostic, kinds } from "./diagnostics/diagnostic.js";
import { conditionLimits } from "./evaluate.js";
import { createMemoryHost } from "./memory-host.js";
import { createCache } from "./packages/load.js";
import { loadProgram, withSource } from "./program.js";
import { runProgram } from "./run.js";
import type { JsonValue } from "./runtime/json-value.js";
import type { Limits } from "./runtime/machine.js";
import type { Statement } from "./syntax/ast.js";
import { parseStatementsText } from "./syntax/parser.js";

/** `value`: what was assigned, by name; what was not is not there. */
export type EvaluateTextResult =
  | { readonly ok: true; readonly value: Readonly<Record<string, JsonValue>> }
  | { readonly ok: false; readonly diagnostics: readonly KclDiagnostic[] };

const textFile = "/condition/text.k";
const scopeFile = "/condition/scope.k";

/** Statements that were read and checked: they can be evaluated any number of times. */
export type PreparedText =
  | {
      readonly ok: true;
      /** `scope` must have the names that it was prepared for. */
      evaluate(scope: Readonly<Record<string, JsonValue>>, limits?: Partial<Limits>): EvaluateTextResult;
    }
  | { readonly ok: false; readonly diagnostics: readonly KclDiagnostic[] };

/** `prepareText` and one evaluation. */
export function evaluateText(
  text: string,
  scope: Readonly<Record<string, JsonValue>>,
  limits: Partial<Limits> = {},
): EvaluateTextResult {
  const prepared = prepareText(text, Object.keys(scope));
  return prepared.ok ? prepared.evaluate(scope, limits) : prepared;
}

/**
 * Reads statements over given names: assignments, `if` and assertions, nothing else. `&&`, `||` and `!` are accepted for `and`, `or` and `not`. There
 * is no import and no file access. Names that neither the text nor the scope has are reported.
 */
export function prepareText(text: string, names: readonly string[]): PreparedText {
  const result = parseStatementsText(textFile, text);
  const refused = [...result.diagnostics, ...refusedIn(result.tree.body)];
  if (refused.length > 0) return { ok: false, diagnostics: refused.map((one) => withSource(one, new Map([[textFile, text]]))) };
  const given = names.filter((name) => /^[A-Za-z_]\w*$/.test(name));
  const scopeText = given.map((name) => `${name} = option(${JSON.stringify(name)})\n`).join("");
  const cache = createCache();
  cache.modules.set(textFile, { source: text, result });
  const host = createMemoryHost({ [textFile]: text, [scopeFile]: scopeText });
  const loaded = loadProgram({ host, files: [scopeFile, textFile], root: "/condition", cache });
  if (!loaded.ok) return loaded;
  const { program } = loaded;
  return {
    ok: true,
    evaluate(scope, limits = {}) {
      const ran = runProgram(program, { arguments: scope, limits: { ...conditionLimits, ...limits } });
      if (!ran.ok) return ran;
      const value = ran.value as Readonly<Record<string, JsonValue>>;
      return { ok: true, value: Object.fromEntries(Object.entries(value).filter(([name]) => !Object.hasOwn(scope, name))) };
    },
  };
}

const allowed: ReadonlySet<Statement["kind"]> = new Set<Statement["kind"]>(["assign", "augmentedAssign", "if", "assert"]);

function refusedIn(body: readonly Statement[]): readonly KclDiagnostic[] {
  return body.flatMap((statement) => {
    if (!allowed.has(statement.kind))
      return [diagnostic(kinds.syntax, "only assignments and if, elif, else are possible here", statement.at)];
    return statement.kind === "if" ? refusedIn([...statement.body, ...statement.otherwise]) : [];
  });
}
