/**
 * Where each key of a TOML document stands. The parser of values keeps no positions, so this walks the text a second time. It expects
 * text that the parser accepted, and skips values without looking into them, except for inline tables and the brackets of lists.
 */

import { pathBelow } from "../layer-path.js";

export interface TomlPlace {
  /** From 1. */
  readonly line: number;
  /** From 1; of the key's first character. */
  readonly column: number;
}

/** By dotted path, tables and dotted keys with each of their parts. What is inside a list has no path. */
export function tomlPositions(text: string): ReadonlyMap<string, TomlPlace> {
  return new TomlWalk(text).run();
}

interface KeyPart {
  readonly name: string;
  readonly at: number;
}

class TomlWalk {
  private at = 0;
  private readonly places = new Map<string, TomlPlace>();
  private readonly lineStarts: number[];

  constructor(private readonly text: string) {
    this.lineStarts = [0, ...[...text.matchAll(/\n/g)].map((found) => found.index + 1)];
  }

  run(): ReadonlyMap<string, TomlPlace> {
    let table: readonly string[] | undefined = [];
    while ((this.skipBlank(), this.at < this.text.length)) {
      if (this.text[this.at] === "[") table = this.header();
      else this.pair(table);
    }
    return this.places;
  }

  /** `[a.b]` gives the path; of `[[a]]` nothing has one. */
  private header(): readonly string[] | undefined {
    const isList = this.text.startsWith("[[", this.at);
    this.at += isList ? 2 : 1;
    const parts = this.key();
    if (!isList) this.record([], parts);
    this.at = this.lineEnd();
    return isList ? undefined : parts.map(({ name }) => name);
  }

  /** `key = value` */
  private pair(table: readonly string[] | undefined): void {
    const parts = this.key();
    if (table !== undefined) this.record(table, parts);
    const sign = this.text.indexOf("=", this.at);
    this.at = sign === -1 ? this.text.length : sign + 1;
    this.value(table === undefined ? undefined : [...table, ...parts.map(({ name }) => name)]);
  }

  private value(path: readonly string[] | undefined): void {
    this.skipBlank();
    const start = this.text[this.at];
    if (start === "{") this.inlineTable(path);
    else if (start === "[") this.list();
    else if (start === '"' || start === "'") this.string();
    else while (this.at < this.text.length && !/[,\]}\n#]/.test(this.text[this.at] as string)) this.at += 1;
  }

  private inlineTable(path: readonly string[] | undefined): void {
    this.at += 1;
    for (;;) {
      this.skipSeparators();
      if (this.at >= this.text.length) return;
      if (this.text[this.at] === "}") break;
      this.pair(path);
    }
    this.at += 1;
  }

  private list(): void {
    this.at += 1;
    for (;;) {
      this.skipSeparators();
      if (this.at >= this.text.length) return;
      if (this.text[this.at] === "]") break;
      const start = this.at;
      this.value(undefined);
      // Never without progress, whatever the text is.
      if (this.at === start) this.at += 1;
    }
    this.at += 1;
  }

  /** The text of a string of one or several lines, without its quotes and with escapes as they are. */
  private string(): string {
    const quote = this.text[this.at] as string;
    const isLong = this.text.startsWith(quote.repeat(3), this.at);
    const mark = isLong ? quote.repeat(3) : quote;
    const start = this.at + mark.length;
    this.at = start;
    while (this.at < this.text.length && !this.text.startsWith(mark, this.at))
      this.at += quote === '"' && this.text[this.at] === "\\" ? 2 : 1;
    const content = this.text.slice(start, this.at);
    this.at += mark.length;
    while (isLong && this.text[this.at] === quote) this.at += 1;
    return content;
  }

  private key(): KeyPart[] {
    const parts: KeyPart[] = [];
    do {
      this.skipSpaces();
      const at = this.at;
      parts.push({ name: this.keyName(), at });
      this.skipSpaces();
    } while (this.text[this.at] === "." && ++this.at > 0);
    return parts;
  }

  private keyName(): string {
    const start = this.text[this.at];
    if (start === '"') return unescaped(this.string());
    if (start === "'") return this.string();
    const [name = ""] = /^[A-Za-z0-9_-]*/.exec(this.text.slice(this.at, this.at + 512)) ?? [];
    // Never without progress, whatever the text is.
    this.at += Math.max(1, name.length);
    return name;
  }

  private record(table: readonly string[], parts: readonly KeyPart[]): void {
    let joined = table.reduce(pathBelow, "");
    for (const { name, at } of parts) {
      joined = pathBelow(joined, name);
      if (!this.places.has(joined)) this.places.set(joined, this.placeOf(at));
    }
  }

  private placeOf(offset: number): TomlPlace {
    let low = 0;
    let high = this.lineStarts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.lineStarts[middle] as number) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (this.lineStarts[low] as number) + 1 };
  }

  private skipSpaces(): void {
    while (this.text[this.at] === " " || this.text[this.at] === "\t") this.at += 1;
  }

  /** White space, line ends and comments. */
  private skipBlank(): void {
    for (;;) {
      while (/\s/.test(this.text[this.at] ?? "")) this.at += 1;
      if (this.text[this.at] !== "#") return;
      this.at = this.lineEnd();
    }
  }

  private skipSeparators(): void {
    for (this.skipBlank(); this.text[this.at] === ","; this.skipBlank()) this.at += 1;
  }

  private lineEnd(): number {
    const end = this.text.indexOf("\n", this.at);
    return end === -1 ? this.text.length : end;
  }
}

/** Of a quoted key. */
function unescaped(written: string): string {
  return written.replace(/\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))/g, (_, short?: string, long?: string, one = "") => {
    const code = short ?? long;
    return code === undefined ? (ESCAPES[one as string] ?? (one as string)) : String.fromCodePoint(Number.parseInt(code, 16));
  });
}

const ESCAPES: Readonly<Record<string, string>> = { b: "\b", t: "\t", n: "\n", f: "\f", r: "\r", e: "\u001b" };
