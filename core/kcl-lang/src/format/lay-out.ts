/** Puts the words together: indentation, empty lines, comments. */
import type { Breaks } from "./breaks.js";
import { hasSpaceBefore } from "./spacing.js";
import { isOp } from "./separators.js";
import type { Block, Bracket, Structure } from "./structure.js";
import type { Gap, Word, Words } from "./words.js";

const indentWidth = 4;

/** A line before a word, or the line of the word itself. */
interface Part {
  readonly text: string;
  readonly indent: number;
  blankBefore: boolean;
}

export function layOut({ words, tail }: Words, structure: Structure, breaks: Breaks): string {
  return new Layout(words, structure, breaks).print(tail);
}

class Layout {
  private readonly lines: string[] = [];
  private line = "";
  private indent = 0;
  /** Indentation of the lines that brackets are opened on. */
  private readonly openedAt = new Map<Bracket, number>();
  private readonly rows: ReadonlySet<Bracket>;
  private statement: "import" | "schema" | "other" | undefined;

  constructor(
    private readonly words: readonly Word[],
    private readonly structure: Structure,
    private readonly breaks: Breaks,
  ) {
    this.rows = bracketsWithRows(words, structure, breaks);
  }

  print(tail: Gap): string {
    this.words.forEach((word, index) => {
      if (index === 0 || this.breaks.before[index] === true) this.startLine(index, word);
      else if (word.gap.joined) this.joinLine(index, word);
      else this.line += this.separator(index, word);
      this.line += word.text;
      const bracket = this.structure.opened.get(index);
      if (bracket !== undefined) this.openedAt.set(bracket, this.indent);
    });
    this.startLine(this.words.length, undefined, tail);
    return this.lines.length === 0 ? "" : `${this.lines.join("\n")}\n`;
  }

  private separator(index: number, word: Word): string {
    if (word.comma && !this.structure.closed.has(index)) return ", ";
    return hasSpaceBefore(this.words, this.structure, index) ? " " : "";
  }

  private startLine(index: number, word: Word | undefined, gap: Gap = word!.gap): void {
    if (word?.comma === true && this.keepsComma(index)) this.line += ",";
    if (gap.trailing !== undefined) this.line += `${this.line === "" ? "" : "  "}${gap.trailing}`;
    if (index > 0 || this.line !== "") this.lines.push(this.line);
    this.line = "";
    this.indent = word === undefined ? 0 : this.indentOf(index);
    const parts = this.partsOf(index, gap);
    this.placeBlankLines(index, parts);
    for (const [at, part] of parts.entries()) {
      if (part.blankBefore && this.lines.length > 0) this.lines.push("");
      if (at < parts.length - 1 || word === undefined) this.lines.push(" ".repeat(part.indent) + part.text);
    }
    this.line = " ".repeat(this.indent);
  }

  private keepsComma(index: number): boolean {
    const bracket = this.structure.closed.get(index) ?? this.structure.around[index];
    return bracket !== undefined && this.rows.has(bracket);
  }

  private joinLine(index: number, word: Word): void {
    this.lines.push(`${this.line}${word.comma ? "," : ""} \\`);
    this.indent = this.indentOf(index) + (this.continuesJoined(index) ? indentWidth : 0);
    this.line = " ".repeat(this.indent);
  }

  private continuesJoined(index: number): boolean {
    const bracket = this.structure.around[index];
    if (this.structure.closed.has(index)) return false;
    return bracket === undefined || (bracket.opener !== index - 1 && !this.structure.starts.has(index));
  }

  // --- indentation ---

  private indentOf(index: number): number {
    const closed = this.structure.closed.get(index);
    if (closed !== undefined) return this.openedAt.get(closed) ?? 0;
    const bracket = this.structure.around[index];
    const blocks = this.brokenBlocks(index).length;
    const lists = bracket?.kind === "entries" || bracket?.kind === "code";
    const continues = lists && !this.structure.starts.has(index) && this.breaks.before[index] === true;
    return this.contentIndent(bracket) + (blocks + (continues ? 1 : 0)) * indentWidth;
  }

  private contentIndent(bracket: Bracket | undefined): number {
    return bracket === undefined ? 0 : (this.openedAt.get(bracket) ?? 0) + indentWidth;
  }

  private brokenBlocks(index: number): Block[] {
    return (this.structure.blocks[index] ?? []).filter((block) => this.breaks.brokenBlocks.has(block));
  }

  /** A comment belongs to the block that ends before it if it stands as far to the right as that block did. */
  private partsOf(index: number, gap: Gap): Part[] {
    const word = this.words[index];
    const closed = this.structure.closed.get(index);
    const bracket = closed ?? this.structure.around[index];
    const next = closed === undefined ? this.brokenBlocks(index) : [];
    const lowest = closed === undefined ? this.indent : this.contentIndent(bracket);
    const before = bracket?.opener === index - 1 ? [] : this.brokenBlocks(index - 1);
    const ended = before
      .map((block, depth) => ({ block, indent: this.contentIndent(bracket) + (depth + 1) * indentWidth }))
      .filter(({ block }) => !next.includes(block) && this.words[block.first]!.gap.broken)
      .reverse();
    const parts = gap.remarks.map(({ text, column, blankBefore }): Part => {
      const owner = ended.find(({ block }) => column >= this.words[block.first]!.token.column);
      return { text, indent: owner?.indent ?? lowest, blankBefore };
    });
    if (word !== undefined) parts.push({ text: word.text, indent: this.indent, blankBefore: gap.blankBefore });
    return parts;
  }

  // --- empty lines ---

  private placeBlankLines(index: number, parts: Part[]): void {
    const first = parts[0];
    const last = parts.at(-1);
    if (first === undefined || last === undefined) return;
    const { structure } = this;
    const startsBlock = this.brokenBlocks(index).some((block) => block.first === index);
    const isBranch = structure.owners.has(index) && this.words[index]?.text.startsWith("el") === true;
    if (structure.opened.has(index - 1) || startsBlock || isBranch) first.blankBefore = false;
    if (structure.closed.has(index)) last.blankBefore = false;
    if (structure.decorated.has(index)) for (const part of parts) part.blankBefore = false;
    else if (structure.around[index] === undefined && !structure.closed.has(index)) this.separateStatements(index, parts);
  }

  private separateStatements(index: number, parts: readonly Part[]): void {
    const word = this.words[index];
    const own = parts.filter((part) => part.indent === this.indent);
    const unseparated = !own.some((part) => part.blankBefore);
    if (this.indent > 0) {
      const isCheck = word?.token.kind === "keyword" && word.text === "check" && isOp(this.words[index + 1], ":");
      const isFirst = this.brokenBlocks(index).some((block) => block.first === index);
      if (isCheck && !isFirst && unseparated) own[0]!.blankBefore = true;
      return;
    }
    const before = this.statement;
    if (word !== undefined) this.statement = statementKind(word);
    if (own[0] === undefined || before === undefined || (word !== undefined && isBranchWord(word))) return;
    const groups = this.statement === "schema" || (before === "import" && this.statement !== "import");
    if (before === "schema" || (groups && unseparated)) own[0].blankBefore = true;
  }
}

function isBranchWord(word: Word): boolean {
  return word.token.kind === "keyword" && (word.text === "elif" || word.text === "else");
}

function statementKind(word: Word): "import" | "schema" | "other" {
  if (isOp(word, "@")) return "schema";
  if (word.token.kind !== "keyword") return "other";
  if (word.text === "import") return "import";
  return ["schema", "mixin", "protocol", "rule"].includes(word.text) ? "schema" : "other";
}

/** Brackets with several entries on a line and several lines: their commas stay as they are. */
function bracketsWithRows(words: readonly Word[], structure: Structure, breaks: Breaks): Set<Bracket> {
  const rows = new Set<Bracket>();
  for (const bracket of structure.opened.values())
    if (bracket.kind === "entries" && bracket.members.some((index) => words[index]!.comma && !breaks.before[index]))
      rows.add(bracket);
  return rows;
}
