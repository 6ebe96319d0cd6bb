/**
 * Overrides (`-O`): changes to variables that are made to the syntax tree, before anything looks at it.
 *
 * override = path ("=" | ":" | "+=") expression | path "-"
 * path = name { "." name | "." string | "[" integer "]" | "[" string "]" }
 */
import { EvaluationFailure } from "../diagnostics/failure.js";
import { type Place, placeOf } from "../diagnostics/place.js";
import type { Expression } from "../syntax/ast.js";
import { parseExpressionText } from "../syntax/parser.js";

export type OverrideStep = { readonly kind: "key"; readonly name: string } | { readonly kind: "index"; readonly index: number };

/** `=` replaces, `:` merges, `+=` appends to a list, `-` removes. */
export type OverrideOperator = "=" | ":" | "+=" | "-";

export interface Override {
  /** As written; findings quote it. */
  readonly text: string;
  readonly name: string;
  readonly steps: readonly OverrideStep[];
  readonly operator: OverrideOperator;
  /** Absent for `-`. */
  readonly value?: Expression;
  readonly at: Place;
}

const namePattern = /[$]?([\p{L}_][\p{L}\p{N}_]*)/uy;
const stepPatterns = {
  name: /\.[$]?([\p{L}_][\p{L}\p{N}_]*)/uy,
  quoted: /\.?(?:"([^"]+)"|'([^']+)')/y,
  subscript: /\[\s*(?:"([^"]+)"|'([^']+)')\s*\]/y,
  index: /\[\s*(-?\d+)\s*\]|\.(\d+)/y,
};

/** Reads one override. A leading `:` or `__main__:` may name the main package. @throws EvaluationFailure when it is none */
export function parseOverride(text: string): Override {
  const prefix = /^\s*(?:__main__)?:?\s*/.exec(text)![0].length;
  namePattern.lastIndex = prefix;
  const name = namePattern.exec(text)?.[1] ?? refuse(text, "it must begin with the name of a variable");
  const { steps, end } = readSteps(text, namePattern.lastIndex);
  const [written, operator] =
    /^\s*(\+=|=|:|-\s*$)/.exec(text.slice(end)) ?? refuse(text, "after the path stands '=', ':', '+=' or '-'");
  const at = placeOf(`-O ${text}`, 1, 1);
  if (operator!.startsWith("-")) return { text, name, steps, operator: "-", at };
  const from = end + written.length;
  const value = readValue(text, from);
  return { text, name, steps, operator: operator as OverrideOperator, value, at };
}

function readSteps(text: string, from: number): { readonly steps: OverrideStep[]; readonly end: number } {
  const steps: OverrideStep[] = [];
  let end = from;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = end;
    const found = pattern.exec(text);
    if (found === null) return undefined;
    end = pattern.lastIndex;
    return found[1] ?? found[2];
  };
  for (;;) {
    const key = take(stepPatterns.name) ?? take(stepPatterns.quoted) ?? take(stepPatterns.subscript);
    const index = key === undefined ? take(stepPatterns.index) : undefined;
    if (key !== undefined) steps.push({ kind: "key", name: key });
    else if (index !== undefined) steps.push({ kind: "index", index: Number(index) });
    else return { steps, end };
  }
}

/** The value keeps its column in the override, so that findings point into what was written. */
function readValue(text: string, from: number): Expression {
  const source = text.slice(from);
  if (source.trim() === "") return refuse(text, "there is no value");
  const { tree, diagnostics } = parseExpressionText(`-O ${text}`, " ".repeat(from) + source);
  if (diagnostics.length === 0) return tree;
  return refuse(text, `its value is no expression: ${diagnostics[0]!.message}. Text needs quotes: name="text"`);
}

function refuse(text: string, reason: string): never {
  throw new EvaluationFailure(`Invalid override '${text}': ${reason}`);
}
