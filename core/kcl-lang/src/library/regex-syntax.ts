/**
 * Patterns of the module `regex` to a tree: the syntax that Python and Rust share, with classes of Unicode. Matching is our own
 * (`regex-match.ts`), because the engine of JavaScript takes exponential time for some patterns and cannot be stopped.
 */
import { type CharacterSet, characterSet, posixClass, shorthandClass, unicodeClass } from "./regex-class.js";

export type RegexNode =
  | { readonly kind: "set"; readonly set: CharacterSet }
  | { readonly kind: "sequence"; readonly parts: readonly RegexNode[] }
  | { readonly kind: "choice"; readonly options: readonly RegexNode[] }
  | { readonly kind: "repeat"; readonly node: RegexNode; readonly min: number; readonly max: number; readonly greedy: boolean }
  | { readonly kind: "group"; readonly index: number; readonly node: RegexNode }
  | { readonly kind: "assert"; readonly test: Assertion }
  | { readonly kind: "backreference"; readonly index: number }
  | { readonly kind: "look"; readonly node: RegexNode; readonly behind: boolean; readonly negated: boolean };

export type Assertion = "start" | "end" | "lineStart" | "lineEnd" | "word" | "notWord";

export interface RegexTree {
  readonly root: RegexNode;
  /** Number of groups; group 0 is the whole match and not counted. */
  readonly groups: number;
  readonly names: ReadonlyMap<string, number>;
}

interface Flags {
  ignoreCase: boolean;
  dotAll: boolean;
  multiline: boolean;
  extended: boolean;
}

/** Groups inside each other; more is damage. */
const deepestNesting = 100;

/** @throws SyntaxError */
export function parseRegex(source: string): RegexTree {
  return new RegexParser(source).parse();
}

class RegexParser {
  private offset = 0;
  private groups = 0;
  private depth = 0;
  private readonly names = new Map<string, number>();
  private readonly chars: readonly string[];
  private flags: Flags = { ignoreCase: false, dotAll: false, multiline: false, extended: false };

  constructor(source: string) {
    this.chars = Array.from(source);
  }

  parse(): RegexTree {
    const root = this.choice();
    if (this.offset < this.chars.length) this.refuse("unmatched ')'");
    return { root, groups: this.groups, names: this.names };
  }

  /** choice = sequence { "|" sequence } */
  private choice(): RegexNode {
    const outer = { ...this.flags };
    const options = [this.sequence()];
    while (this.accept("|")) options.push(this.sequence());
    this.flags = outer;
    return options.length === 1 ? options[0]! : { kind: "choice", options };
  }

  private sequence(): RegexNode {
    const parts: RegexNode[] = [];
    while (this.offset < this.chars.length && this.peek() !== "|" && this.peek() !== ")") {
      if (this.skipExtended()) continue;
      const atom = this.atom();
      if (atom !== undefined) parts.push(this.quantified(atom));
    }
    return { kind: "sequence", parts };
  }

  /** In extended patterns white space and comments mean nothing. */
  private skipExtended(): boolean {
    if (!this.flags.extended) return false;
    if (this.peek() === "#") {
      while (this.offset < this.chars.length && this.chars[this.offset] !== "\n") this.offset++;
      return true;
    }
    return /\s/.test(this.peek()) && this.next() !== "";
  }

  /** quantified = atom { ("*" | "+" | "?" | "{" n ["," [m]] "}") ["?"] } */
  private quantified(atom: RegexNode): RegexNode {
    let node = atom;
    for (;;) {
      const bounds = this.bounds();
      if (bounds === undefined) return node;
      if (node !== atom || atom.kind === "assert") this.refuse("nothing to repeat");
      const [min, max] = bounds;
      node = { kind: "repeat", node, min, max, greedy: !this.accept("?") };
    }
  }

  private bounds(): readonly [number, number] | undefined {
    if (this.accept("*")) return [0, Infinity];
    if (this.accept("+")) return [1, Infinity];
    if (this.accept("?")) return [0, 1];
    if (this.peek() !== "{") return undefined;
    const match = /^\{(\d{1,6})(,(\d{0,6}))?\}/.exec(this.chars.slice(this.offset, this.offset + 16).join(""));
    if (match === null) return undefined;
    this.offset += match[0].length;
    const min = Number(match[1]);
    const max = match[2] === undefined ? min : match[3] === "" ? Infinity : Number(match[3]);
    if (max < min) this.refuse("bad repetition");
    return [min, max];
  }

  private atom(): RegexNode | undefined {
    const char = this.next();
    switch (char) {
      case "(":
        return this.nested();
      case "[":
        return { kind: "set", set: this.bracket() };
      case ".":
        return { kind: "set", set: characterSet({ ranges: this.flags.dotAll ? [] : [[10, 10]], negated: true }) };
      case "^":
        return { kind: "assert", test: this.flags.multiline ? "lineStart" : "start" };
      case "$":
        return { kind: "assert", test: this.flags.multiline ? "lineEnd" : "end" };
      case "\\":
        return this.escape();
      case "*":
      case "+":
      case "?":
        return this.refuse("nothing to repeat");
      default:
        return this.literal(char.codePointAt(0)!);
    }
  }

  private literal(code: number): RegexNode {
    return { kind: "set", set: characterSet({ ranges: [[code, code]], ignoreCase: this.flags.ignoreCase }) };
  }

  private nested(): RegexNode | undefined {
    if (++this.depth > deepestNesting) this.refuse("nested too deeply");
    const node = this.accept("?") ? this.special() : this.capture(undefined);
    this.depth--;
    return node;
  }

  private capture(name: string | undefined): RegexNode {
    const index = ++this.groups;
    if (name !== undefined) this.names.set(name, index);
    return { kind: "group", index, node: this.body() };
  }

  private body(): RegexNode {
    const node = this.choice();
    if (!this.accept(")")) this.refuse("missing ')'");
    return node;
  }

  /** What follows `(?`. */
  private special(): RegexNode | undefined {
    if (this.accept(":")) return this.body();
    if (this.accept("=")) return { kind: "look", node: this.body(), behind: false, negated: false };
    if (this.accept("!")) return { kind: "look", node: this.body(), behind: false, negated: true };
    if (this.accept("#")) {
      while (!this.accept(")")) this.next();
      return undefined;
    }
    const python = this.accept("P");
    if (python && this.accept("=")) return this.reference(this.until(")"));
    if (this.accept("<")) {
      if (!python && this.accept("=")) return { kind: "look", node: this.body(), behind: true, negated: false };
      if (!python && this.accept("!")) return { kind: "look", node: this.body(), behind: true, negated: true };
      return this.capture(this.until(">"));
    }
    return this.flagGroup();
  }

  /** `(?i)` for the rest of the group, `(?i:…)` for a group of its own. */
  private flagGroup(): RegexNode | undefined {
    const outer = { ...this.flags };
    let on = true;
    for (;;) {
      const char = this.next();
      if (char === "-") on = false;
      else if (char === "i") this.flags.ignoreCase = on;
      else if (char === "s") this.flags.dotAll = on;
      else if (char === "m") this.flags.multiline = on;
      else if (char === "x") this.flags.extended = on;
      else if (char === ")") return undefined;
      else if (char === ":") {
        const node = this.body();
        this.flags = outer;
        return node;
      } else if (!"uaLU".includes(char)) this.refuse(`unknown extension '?${char}'`);
    }
  }

  private escape(): RegexNode {
    const char = this.next();
    switch (char) {
      case "b":
        return { kind: "assert", test: "word" };
      case "B":
        return { kind: "assert", test: "notWord" };
      case "A":
        return { kind: "assert", test: "start" };
      case "Z":
      case "z":
        return { kind: "assert", test: "end" };
      case "k":
        if (!this.accept("<")) this.refuse("expected '<' after '\\k'");
        return this.reference(this.until(">"));
      default:
    }
    if (/[1-9]/.test(char)) return { kind: "backreference", index: Number(char + this.digits()) };
    const set = this.escapedClass(char);
    return set === undefined ? this.literal(this.escapedCode(char)) : { kind: "set", set };
  }

  private digits(): string {
    let text = "";
    while (text.length < 2 && /\d/.test(this.peek())) text += this.next();
    return text;
  }

  private reference(name: string): RegexNode {
    const index = this.names.get(name);
    return index === undefined ? this.refuse(`unknown group name '${name}'`) : { kind: "backreference", index };
  }

  private escapedClass(char: string): CharacterSet | undefined {
    if (char !== "p" && char !== "P") return shorthandClass(char);
    const name = this.accept("{") ? this.until("}") : this.next();
    return unicodeClass(name, char === "P") ?? this.refuse(`unknown property '${name}'`);
  }

  private escapedCode(char: string): number {
    const simple = "tnrfva0e".indexOf(char);
    if (simple >= 0) return [9, 10, 13, 12, 11, 7, 0, 27][simple]!;
    const width = char === "x" ? 2 : char === "u" ? 4 : char === "U" ? 8 : 0;
    if (width === 0) return char.codePointAt(0) ?? this.refuse("bad escape at the end");
    const text = this.accept("{") ? this.until("}") : this.take(width);
    const code = /^[0-9a-fA-F]{1,8}$/.test(text) ? Number.parseInt(text, 16) : Number.NaN;
    return code <= 0x10ffff ? code : this.refuse(`bad escape '\\${char}${text}'`);
  }

  /** bracket = ["^"] { class | code ["-" code] } "]" */
  private bracket(): CharacterSet {
    const negated = this.accept("^");
    const ranges: [number, number][] = [];
    const sets: CharacterSet[] = [];
    for (let first = true; first || this.peek() !== "]"; first = false) {
      const posix = this.posix();
      if (posix !== undefined) {
        sets.push(posix);
        continue;
      }
      const from = this.bracketItem(sets);
      if (from === undefined) continue;
      const isRange = this.peek() === "-" && (this.chars[this.offset + 1] ?? "]") !== "]";
      if (isRange) this.next();
      const to = isRange ? this.bracketItem(sets) : from;
      if (to === undefined || to < from) this.refuse("bad character range");
      else ranges.push([from, to]);
    }
    this.next();
    return characterSet({ ranges, sets, negated, ignoreCase: this.flags.ignoreCase });
  }

  private posix(): CharacterSet | undefined {
    const match = /^\[:(\^?)([a-z]+):\]/.exec(this.chars.slice(this.offset, this.offset + 16).join(""));
    if (match === null) return undefined;
    this.offset += match[0].length;
    return posixClass(match[2]!, match[1] === "^") ?? this.refuse(`unknown class '${match[0]}'`);
  }

  /** A code point, or undefined when a class was added to `sets`. */
  private bracketItem(sets: CharacterSet[]): number | undefined {
    const char = this.next();
    if (char !== "\\") return char.codePointAt(0);
    const escaped = this.next();
    if (escaped === "b") return 8;
    const set = this.escapedClass(escaped);
    if (set === undefined) return this.escapedCode(escaped);
    sets.push(set);
    return undefined;
  }

  private peek(): string {
    return this.chars[this.offset] ?? "";
  }

  private next(): string {
    if (this.offset >= this.chars.length) this.refuse("the pattern ends too early");
    return this.chars[this.offset++]!;
  }

  private take(count: number): string {
    const text = this.chars.slice(this.offset, this.offset + count).join("");
    this.offset += count;
    return text;
  }

  private until(end: string): string {
    let text = "";
    while (!this.accept(end)) text += this.next();
    return text;
  }

  private accept(char: string): boolean {
    if (this.chars[this.offset] !== char) return false;
    this.offset++;
    return true;
  }

  private refuse(message: string): never {
    throw new SyntaxError(`${message} at ${this.offset}`);
  }
}
