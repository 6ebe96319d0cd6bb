/**
 * The formatter: text to text in the language's style. It moves words and comments and never writes one: literals stay as they are, and so does
 * the choice between one line and several.
 */
import { diagnostic, type KclDiagnostic, kinds } from "../diagnostics/diagnostic.js";
import { placeOf } from "../diagnostics/place.js";
import { withSource } from "../program.js";
import { type MarkedModule, parseMarkedModule } from "../syntax/parser.js";
import { decideBreaks } from "./breaks.js";
import { layOut } from "./lay-out.js";
import { commentsOf, sameTree } from "./same-meaning.js";
import { takeSeparators } from "./separators.js";
import { structureOf } from "./structure.js";
import { readWords, type Words } from "./words.js";

export type FormatResult =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly diagnostics: readonly KclDiagnostic[] };

/**
 * Formats one file. Formatting the result again gives the same text, and the result means the same: its tree and its comments are those of
 * `text`. Line ends become `\n`; a byte order mark is dropped. A text with syntax errors is not formatted: their diagnostics come back.
 */
export function formatSource(file: string, text: string): FormatResult {
  const source = text.replace(/\r\n/g, "\n");
  const module = parseMarkedModule(file, source);
  const sources = new Map([[file, source]]);
  if (module.diagnostics.length > 0)
    return { ok: false, diagnostics: module.diagnostics.map((finding) => withSource(finding, sources)) };
  const words = readWords(source, module.tokens);
  const formatted = arrange(words, module);
  return meansTheSame(module, words, formatted) ? { ok: true, text: formatted } : refusal(file);
}

function arrange({ words, tail }: Words, { marks }: MarkedModule): string {
  const kept = takeSeparators(words, marks);
  const structure = structureOf(kept, marks);
  return layOut({ words: kept, tail }, structure, decideBreaks(kept, structure));
}

function meansTheSame(module: MarkedModule, words: Words, formatted: string): boolean {
  const after = parseMarkedModule(module.tree.file, formatted);
  if (after.diagnostics.length > 0 || !sameTree(module.tree, after.tree)) return false;
  const comments = commentsOf(readWords(formatted, after.tokens));
  return commentsOf(words).join("\n") === comments.join("\n");
}

/** Better no change than a change of meaning. */
function refusal(file: string): FormatResult {
  const message = "this file is written in a way that the formatter would change its meaning; it stays as it is";
  return { ok: false, diagnostics: [diagnostic(kinds.syntax, message, placeOf(file, 1, 1), { caret: false })] };
}
