/**
 * Text to tokens. Outside brackets line ends and changes of indentation are tokens, as in Python. Inside brackets indentation is
 * ignored, but line ends stay tokens because they separate entries.
 */
import { diagnostic, type KclDiagnostic, kinds } from "../diagnostics/diagnostic.js";
import { placeOf } from "../diagnostics/place.js";
import { keywords, operators, type Token, type TokenKind } from "./token.js";

export interface ScanResult {
  readonly tokens: readonly Token[];
  readonly diagnostics: readonly KclDiagnostic[];
}

export interface ScanOrigin {
  readonly line: number;
  readonly column: number;
}

const nameStart = /[\p{L}_]/u;
const namePattern = /[\p{L}_][\p{L}\p{N}\p{M}_]*/uy;
const numberPattern =
  /0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:[0-9][0-9_]*)?\.[0-9][0-9_]*(?:[eE][+-]?[0-9]+)?|[0-9][0-9_]*[eE][+-]?[0-9]+|[0-9][0-9_]*(?:\.(?![\w.]))?/y;
const suffixPattern = /[\p{L}_][\p{L}\p{N}_]*/uy;
const softKeywords: ReadonlySet<string> = new Set(["rule", "protocol"]);
const stringStart = /[rR]?("""|'''|"|')/y;
const units: ReadonlySet<string> = new Set(["n", "u", "m", "k", "K", "M", "G", "T", "P", "Ki", "Mi", "Gi", "Ti", "Pi"]);

const stringStarts: ReadonlySet<string> = new Set(['"', "'", "r", "R"]);
const operatorTexts: ReadonlySet<string> = new Set(operators);

/** Scans a whole file, or with `origin` an expression inside one. */
export function scan(file: string, source: string, origin?: ScanOrigin): ScanResult {
  const scanner = new Scanner(file, source, origin);
  scanner.run();
  return { tokens: scanner.tokens, diagnostics: scanner.diagnostics };
}

class Scanner {
  readonly tokens: Token[] = [];
  readonly diagnostics: KclDiagnostic[] = [];
  private offset = 0;
  private line: number;
  private column: number;
  private depth = 0;
  private readonly indents: { readonly spaces: number; readonly tabs: number }[] = [{ spaces: 0, tabs: 0 }];
  private readonly fragment: boolean;

  constructor(
    private readonly file: string,
    private readonly source: string,
    origin: ScanOrigin | undefined,
  ) {
    this.line = origin?.line ?? 1;
    this.column = origin?.column ?? 1;
    this.fragment = origin !== undefined;
    if (this.fragment) this.depth = 1;
    if (source.startsWith("\uFEFF")) this.offset = 1;
  }

  run(): void {
    if (!this.fragment) this.scanIndentation();
    while (this.offset < this.source.length) this.scanToken();
    if (!this.fragment && this.lastKind() !== "newline" && this.tokens.length > 0) this.push("newline", this.offset);
    while (this.indents.length > 1) {
      this.indents.pop();
      this.push("dedent", this.offset);
    }
    this.push("eof", this.offset);
  }

  private scanToken(): void {
    const char = this.source[this.offset]!;
    if (char === " " || char === "\t" || char === "\f") return this.skipBlanks();
    if (char === "#") return this.skipComment();
    if (char === "\\" && /^\\[ \t]*(\r?\n|$)/.test(this.source.slice(this.offset, this.offset + 80))) return this.joinLines();
    if (char === "\n" || (char === "\r" && this.source[this.offset + 1] === "\n")) return this.scanLineEnd(char === "\n" ? 1 : 2);
    if (char === "\r") return this.advance(1);
    if (this.scanString() || this.scanNumber() || this.scanName()) return;
    this.scanOperator(char);
  }

  private scanLineEnd(length: number): void {
    if (this.lastKind() !== "newline" && this.tokens.length > 0) this.push("newline", this.offset + length);
    else this.offset += length;
    this.line++;
    this.column = 1;
    if (this.depth === 0) this.scanIndentation();
  }

  private scanIndentation(): void {
    for (;;) {
      const start = this.offset;
      let spaces = 0;
      let tabs = 0;
      for (; this.offset < this.source.length; this.offset++) {
        const char = this.source[this.offset];
        if (char === " ") spaces++;
        else if (char === "\t") tabs++;
        else break;
      }
      this.column += this.offset - start;
      const rest = this.source[this.offset];
      if (rest === undefined) return;
      if (rest === "#") this.skipComment();
      const after = this.source[this.offset];
      if (after === "\n" || after === "\r") {
        this.offset += after === "\r" && this.source[this.offset + 1] === "\n" ? 2 : 1;
        this.line++;
        this.column = 1;
        continue;
      }
      if (after !== undefined) this.applyIndentation(spaces, tabs);
      return;
    }
  }

  private applyIndentation(spaces: number, tabs: number): void {
    const top = this.indents.at(-1)!;
    const order = compareIndents({ spaces, tabs }, top);
    if (order === undefined) return this.report("inconsistent use of tabs and spaces in indentation");
    if (order > 0) {
      this.indents.push({ spaces, tabs });
      this.push("indent", this.offset);
      return;
    }
    if (order === 0) return;
    const orders = this.indents.map((indent) => compareIndents({ spaces, tabs }, indent));
    if (orders.includes(undefined)) return this.report("inconsistent use of tabs and spaces in indentation");
    const level = orders.indexOf(0);
    if (level < 0) return this.report(badIndentation(spaces + tabs));
    while (this.indents.length > level + 1) {
      this.indents.pop();
      this.push("dedent", this.offset);
    }
  }

  private skipComment(): void {
    const end = this.source.indexOf("\n", this.offset);
    const stop = end < 0 ? this.source.length : this.source[end - 1] === "\r" ? end - 1 : end;
    this.advance(stop - this.offset);
  }

  private joinLines(): void {
    const end = this.source.indexOf("\n", this.offset);
    this.offset = end < 0 ? this.source.length : end + 1;
    this.line++;
    this.column = 1;
  }

  private skipBlanks(): void {
    let end = this.offset + 1;
    for (let char = this.source[end]; char === " " || char === "\t" || char === "\f"; char = this.source[end]) end++;
    this.advance(end - this.offset);
  }

  private scanString(): boolean {
    if (!stringStarts.has(this.source[this.offset]!)) return false;
    stringStart.lastIndex = this.offset;
    const match = stringStart.exec(this.source);
    if (match === null) return false;
    const quote = match[1]!;
    let end = this.offset + match[0].length;
    for (; end < this.source.length; end++) {
      if (this.source[end] === "\\") end++;
      else if (this.source.startsWith(quote, end)) break;
      else if (quote.length === 1 && this.source[end] === "\n") break;
    }
    const closed = this.source.startsWith(quote, end) && end < this.source.length;
    if (!closed) this.report("unterminated string");
    this.push("string", closed ? end + quote.length : Math.min(end, this.source.length));
    return true;
  }

  private scanNumber(): boolean {
    const char = this.source[this.offset]!;
    const digitNext = char === "." && isDigit(this.source[this.offset + 1] ?? "") && this.previousAllowsNumber();
    if (!isDigit(char) && !digitNext) return false;
    numberPattern.lastIndex = this.offset;
    const match = numberPattern.exec(this.source);
    if (match === null) return false;
    let end = this.offset + match[0].length;
    const isFloat = /^[0-9_]*\.|^[0-9_]+[eE]/.test(match[0]);
    suffixPattern.lastIndex = end;
    const suffix = suffixPattern.exec(this.source)?.[0];
    if (suffix !== undefined) {
      end += suffix.length;
      if (isFloat || !units.has(suffix) || /^0[xXoObB]/.test(match[0])) this.report("invalid int binary suffix");
    }
    this.push(isFloat ? "float" : "int", end);
    return true;
  }

  /** After a value, `.5` is a selector and not a number. */
  private previousAllowsNumber(): boolean {
    const last = this.tokens.at(-1);
    if (last === undefined || last.end !== this.offset) return true;
    return last.kind === "op" && ![")", "]", "}"].includes(last.text);
  }

  private scanName(): boolean {
    const dollar = this.source[this.offset] === "$" ? 1 : 0;
    const first = this.source.codePointAt(this.offset + dollar);
    if (first === undefined || !startsName(first)) return false;
    namePattern.lastIndex = this.offset + dollar;
    const text = namePattern.exec(this.source)![0];
    const reserved = dollar === 0 && keywords.has(text) && (!softKeywords.has(text) || this.startsDeclaration(text));
    const kind: TokenKind = reserved ? "keyword" : "name";
    this.push(kind, this.offset + dollar + text.length, text);
    return true;
  }

  /** `rule` and `protocol` are keywords only where a declaration can start; elsewhere they are names. */
  private startsDeclaration(text: string): boolean {
    const last = this.lastKind();
    const atStart = last === undefined || last === "newline" || last === "indent" || last === "dedent";
    return atStart && /^[ \t]+[\p{L}_]/u.test(this.source.slice(this.offset + text.length, this.offset + text.length + 40));
  }

  private scanOperator(char: string): void {
    const text = this.operatorHere();
    if (text === undefined) {
      this.report(`unknown start of token '${char}'`);
      return this.advance(1);
    }
    if (text === "(" || text === "[" || text === "{") this.depth++;
    const inside = this.depth > 0;
    if ((text === ")" || text === "]" || text === "}") && this.depth > 0) this.depth--;
    this.push("op", this.offset + text.length, text, inside);
  }

  private operatorHere(): string | undefined {
    for (let length = 3; length > 0; length--) {
      const text = this.source.slice(this.offset, this.offset + length);
      if (operatorTexts.has(text)) return text;
    }
    return undefined;
  }

  private push(kind: TokenKind, end: number, text?: string, inBrackets = this.depth > 0): void {
    const written = this.source.slice(this.offset, end);
    this.tokens.push({
      kind,
      text: text ?? written,
      start: this.offset,
      end,
      line: this.line,
      column: this.column,
      inBrackets,
    });
    const lineEnd = kind === "string" ? written.lastIndexOf("\n") : -1;
    if (lineEnd < 0) this.column += codePoints(written);
    else {
      this.line += written.split("\n").length - 1;
      this.column = codePoints(written.slice(lineEnd + 1)) + 1;
    }
    this.offset = end;
  }

  private advance(count: number): void {
    this.offset += count;
    this.column += count;
  }

  private lastKind(): TokenKind | undefined {
    return this.tokens.at(-1)?.kind;
  }

  private report(message: string): void {
    this.diagnostics.push(diagnostic(kinds.syntax, message, placeOf(this.file, this.line, this.column)));
  }
}

function isDigit(char: string): boolean {
  return char >= "0" && char <= "9";
}

function startsName(code: number): boolean {
  if (code >= 128) return nameStart.test(String.fromCodePoint(code));
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;
}

function codePoints(text: string): number {
  return /[\ud800-\udfff]/.test(text) ? Array.from(text).length : text.length;
}

function badIndentation(width: number): string {
  return `invalid indentation with ${width} space${width === 1 ? "" : "s"}, try to align indents by adding or removing spaces`;
}

/** -1, 0 or 1; undefined when tabs and spaces disagree about the order. */
function compareIndents(
  left: { readonly spaces: number; readonly tabs: number },
  right: { readonly spaces: number; readonly tabs: number },
): -1 | 0 | 1 | undefined {
  const spaces = Math.sign(left.spaces - right.spaces);
  const tabs = Math.sign(left.tabs - right.tabs);
  if (spaces === tabs || tabs === 0) return spaces as -1 | 0 | 1;
  return spaces === 0 ? (tabs as -1 | 0 | 1) : undefined;
}
