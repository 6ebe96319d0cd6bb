/** The parser's place in the token list, and its way of reporting and recovering. */
import { diagnostic, type KclDiagnostic, kinds } from "../diagnostics/diagnostic.js";
import { type Place, placeOf } from "../diagnostics/place.js";
import type { Mark, MarkRole } from "./mark.js";
import { describeToken, type Token } from "./token.js";

/** Brackets and blocks inside each other; more is damage, and would exhaust the stack. */
const deepestNesting = 400;

export class Cursor {
  private depth = 0;
  private index = 0;
  readonly diagnostics: KclDiagnostic[] = [];
  /** While true, `name {` is no schema expression (the target of a quantifier). */
  bareTarget = false;
  /** Accept `&&`, `||` and `!` for `and`, `or` and `not`. */
  aliases = false;
  /** While true, the innermost bracket is a parenthesis: an operator may start the next line. */
  inParentheses = false;
  /** Filled when set; see `mark`. */
  marks: Mark[] | undefined;

  constructor(
    readonly file: string,
    readonly source: string,
    private readonly tokens: readonly Token[],
  ) {}

  get token(): Token {
    return this.tokens[this.index]!;
  }

  peek(distance = 1): Token {
    return this.tokens[Math.min(this.index + distance, this.tokens.length - 1)]!;
  }

  get position(): number {
    return this.index;
  }

  /** Goes back to a former `position`, forgetting what was reported since. */
  rewind(position: number, reported: number): void {
    this.index = position;
    this.diagnostics.length = reported;
  }

  /** Notes the role of the source from a token up to the token at hand. */
  mark(role: MarkRole, from: Token, owner?: Token): void {
    this.marks?.push({ role, start: from.start, end: this.token.start, ...(owner && { owner: owner.start }) });
  }

  /** The first token of the block that begins behind the colon. */
  get firstOfBlock(): Token {
    let distance = 0;
    while (this.peek(distance).kind === "newline" || this.peek(distance).kind === "indent") distance++;
    return this.peek(distance);
  }

  place(token: Token = this.token): Place {
    return placeOf(this.file, token.line, token.column);
  }

  next(): Token {
    const token = this.token;
    if (this.index < this.tokens.length - 1) this.index++;
    return token;
  }

  isOp(text: string, token: Token = this.token): boolean {
    return token.kind === "op" && token.text === text;
  }

  isKeyword(text: string, token: Token = this.token): boolean {
    return token.kind === "keyword" && token.text === text;
  }

  isKind(kind: Token["kind"]): boolean {
    return this.token.kind === kind;
  }

  acceptOp(text: string): boolean {
    if (!this.isOp(text)) return false;
    this.next();
    return true;
  }

  acceptKeyword(text: string): boolean {
    if (!this.isKeyword(text)) return false;
    this.next();
    return true;
  }

  expectOp(text: string): boolean {
    if (this.acceptOp(text)) return true;
    this.expected([text]);
    return false;
  }

  /** Whether something was reported at the token at hand. */
  get isReported(): boolean {
    const last = this.diagnostics.at(-1)?.position;
    return last !== undefined && last.line === this.token.line && last.column === this.token.column;
  }

  /** As `expectOp`; what stands there instead is taken for a slip of the pen and skipped, unless the line ends. */
  replaceOp(text: string): boolean {
    if (this.expectOp(text)) return true;
    if (!["newline", "indent", "dedent", "eof"].includes(this.token.kind)) this.next();
    return false;
  }

  /** A name; keywords are taken as names where the grammar leaves no other reading (`a.type`). */
  expectName(allowKeyword = false): Token | undefined {
    if (this.isKind("name") || (allowKeyword && this.isKind("keyword"))) return this.next();
    this.expected(["identifier"]);
    return undefined;
  }

  /** Runs a production that can contain itself, down to `deepestNesting`; below that the rest of the file is skipped. */
  nested<T>(parse: () => T, fallback: () => T): T {
    if (!this.descend()) return fallback();
    const result = parse();
    this.ascend();
    return result;
  }

  /** Enters a production that can contain itself; false where that is too deep and the rest of the file was skipped. `ascend` leaves it. */
  descend(): boolean {
    if (this.depth < deepestNesting) return ++this.depth > 0;
    this.reportDepth();
    return false;
  }

  ascend(): void {
    this.depth--;
  }

  /** Reports that the source is nested too deeply here, and skips the rest of it. */
  reportDepth(): void {
    this.report("the program is nested too deeply");
    this.index = this.tokens.length - 1;
  }

  skipNewlines(): void {
    while (this.token.kind === "newline") this.next();
  }

  expected(what: readonly string[]): void {
    this.report(`expected one of [${what.map((text) => JSON.stringify(text)).join(", ")}] got ${describeToken(this.token)}`);
  }

  unexpected(): void {
    const token = this.token;
    this.report(
      `unexpected token '${token.kind === "op" || token.kind === "name" || token.kind === "keyword" ? token.text : describeToken(token)}'`,
    );
  }

  /** The end of a line is shown at the last character before it; the end of a block or file has no character to point at. */
  report(message: string, token: Token = this.token): void {
    const place = this.place(token);
    const atLineEnd = token.kind === "newline" && place.column > 1;
    const position = atLineEnd ? placeOf(place.file, place.line, place.column - 1) : place;
    const outside = token.kind === "dedent" || (token.kind === "eof" && !token.inBrackets);
    const details = outside ? { caret: false } : {};
    this.diagnostics.push(diagnostic(kinds.syntax, message, position, details));
  }

  /** Whether something was reported in the line at hand: what follows in it is read with suspicion. */
  get inDamagedLine(): boolean {
    const last = this.diagnostics.at(-1);
    return last !== undefined && last.position.line === this.token.line && last.name === kinds.syntax.name;
  }

  /** Index of the token that closes the bracket at `from` tokens from here. */
  matching(from = 0): number {
    let depth = 0;
    for (let at = this.index + from; at < this.tokens.length; at++) {
      const token = this.tokens[at]!;
      if (token.kind !== "op") continue;
      if (token.text === "(" || token.text === "[" || token.text === "{") depth++;
      else if (token.text === ")" || token.text === "]" || token.text === "}") {
        depth--;
        if (depth === 0) return at - this.index;
      }
    }
    return this.tokens.length - 1 - this.index;
  }
}
