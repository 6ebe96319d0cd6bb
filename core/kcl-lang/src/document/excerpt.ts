/** Pieces of the source as people wrote them, without line ends. */
import type { Place } from "../diagnostics/place.js";
import { scan } from "../syntax/scanner.js";
import type { Token } from "../syntax/token.js";

/** The text of one file, cut by token. */
export class Excerpts {
  private readonly tokens: readonly Token[];
  private readonly byPlace: ReadonlyMap<string, number>;

  constructor(
    file: string,
    private readonly source: string,
  ) {
    this.tokens = scan(file, source).tokens;
    const visible = this.tokens.flatMap((token, index) =>
      isLayout(token) ? [] : [[`${token.line}:${token.column}`, index] as const],
    );
    this.byPlace = new Map(visible);
  }

  /**
   * The pieces of what stands at a place, up to the end of its line or bracket, parted at the given words outside brackets. Each comes with
   * the word before it.
   *
   * @param words operators and keywords, for example `if` and `,`; a word of the line may part it once
   */
  pieces(at: Place, words: readonly string[]): { readonly word: string; readonly text: string }[] {
    const found: { word: string; text: string }[] = [];
    const from = this.byPlace.get(`${at.line}:${at.column}`) ?? this.tokens.length;
    let start = from;
    let word = "";
    let depth = 0;
    for (let index = from; index < this.tokens.length; index++) {
      const token = this.tokens[index]!;
      const isOp = token.kind === "op";
      const ends = depth === 0 && (isLayout(token) || (isOp && ")]}".includes(token.text)));
      const parts = depth === 0 && (isOp || token.kind === "keyword") && words.includes(token.text);
      if (ends || (parts && !found.some((one) => one.word === token.text) && word !== token.text)) {
        found.push({ word, text: this.between(start, index) });
        if (ends) return found;
        word = token.text;
        start = index + 1;
      }
      if (isOp && "([{".includes(token.text)) depth++;
      if (isOp && ")]}".includes(token.text)) depth--;
    }
    return found;
  }

  /** The documentation of the file: a string that is its first statement. */
  get documentation(): string | undefined {
    const [first, second] = this.tokens;
    return first?.kind === "string" && second?.kind === "newline" ? first.text : undefined;
  }

  private between(start: number, end: number): string {
    const tokens = this.tokens.slice(start, end);
    const visible = tokens.filter((token) => !isLayout(token));
    return visible
      .map((token, index) => this.gap(visible[index - 1], token) + this.source.slice(token.start, token.end))
      .join("");
  }

  /** On one line, entries that line ends separate need commas. */
  private gap(before: Token | undefined, token: Token): string {
    if (before === undefined) return "";
    const gap = this.source.slice(before.end, token.start);
    if (!gap.includes("\n") || /^[ \t]*\\/.test(gap)) return gap === "" ? "" : " ";
    if ("([{".includes(before.text) || ")]}".includes(token.text)) return "";
    return before.kind === "op" && !")]}".includes(before.text) ? " " : continues(token) ? " " : ", ";
  }
}

/** Whether a token that begins a line goes on with the entry before it. */
function continues(token: Token): boolean {
  if (token.kind === "keyword") return ["and", "or", "in", "not", "is", "as", "if", "elif", "else", "for"].includes(token.text);
  return token.kind === "op" && !["(", "[", "{", "*", "**", "-", "+", "~"].includes(token.text);
}

function isLayout({ kind }: Token): boolean {
  return kind === "newline" || kind === "indent" || kind === "dedent" || kind === "eof";
}
