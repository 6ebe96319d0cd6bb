/**
 * The language of `provisioning.query`: one SELECT over one table. Names of values stand as `${NAME}`, alone or inside a text in quotes;
 * they are operands, never part of the query's text.
 *
 *     query      = SELECT ( "*" | name { "," name } ) FROM name [ WHERE condition ]
 *                  [ ORDER BY name [ ASC | DESC ] { "," name [ ASC | DESC ] } ] [ LIMIT number ]
 *     condition  = all { OR all }      all = part { AND part }
 *     part       = NOT part | "(" condition ")" | operand test
 *     test       = ( "=" | "!=" | "<>" | "<" | "<=" | ">" | ">=" ) operand
 *                | [ NOT ] IN "(" operand { "," operand } ")" | IS [ NOT ] NULL
 *     operand    = name | number | text | TRUE | FALSE | NULL | "${" NAME "}"
 */

import type { Json } from "@provisioning/model";

export interface SelectQuery {
  /** Absent: all. */
  readonly columns?: readonly string[];
  readonly table: string;
  readonly where?: Condition;
  readonly order: readonly { readonly column: string; readonly isDescending: boolean }[];
  readonly limit?: number;
  /** Columns that are named anywhere. */
  readonly uses: readonly string[];
  /** Names whose values it needs. */
  readonly names: readonly string[];
}

export type Comparison = "=" | "!=" | "<" | "<=" | ">" | ">=";

export type Condition =
  | { readonly kind: "and" | "or"; readonly parts: readonly Condition[] }
  | { readonly kind: "not"; readonly part: Condition }
  | { readonly kind: "compare"; readonly left: Operand; readonly comparison: Comparison; readonly right: Operand }
  | { readonly kind: "in"; readonly left: Operand; readonly list: readonly Operand[]; readonly isNegated: boolean }
  | { readonly kind: "null"; readonly left: Operand; readonly isNegated: boolean };

export type Operand =
  | { readonly kind: "column"; readonly name: string }
  | { readonly kind: "value"; readonly value: Json }
  | { readonly kind: "bound"; readonly name: string }
  /** Texts and names in turns, put together as text. */
  | { readonly kind: "text"; readonly parts: readonly (string | { readonly name: string })[] };

export class QuerySyntaxError extends Error {
  constructor(problem: string, column: number) {
    super(`the query cannot be read: ${problem} (column ${column}).`);
  }
}

/** @throws QuerySyntaxError */
export function parseQuery(text: string): SelectQuery {
  return new Parser(tokensOf(text)).query();
}

interface Token {
  readonly kind: "word" | "number" | "text" | "bound" | "sign" | "end";
  readonly text: string;
  /** From 1. */
  readonly column: number;
}

const TOKEN =
  /\s*(?:(?<word>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)|(?<number>-?\d+(?:\.\d+)?)|'(?<text>(?:[^']|'')*)'|\$\{(?<bound>[A-Za-z_]\w*)\}|(?<sign><=|>=|<>|!=|[=<>(),*]))/y;

/** Deeper is not written by people. */
const MAX_DEPTH = 50;

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  const end = text.trimEnd().replace(/;$/, "").length;
  TOKEN.lastIndex = 0;
  for (let at = 0; at < end; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(text);
    if (found === null) {
      const rest = text.slice(at).trimStart();
      const problem = rest.startsWith("'") ? "a text has no end" : `${JSON.stringify(rest.slice(0, 20))} is not expected`;
      throw new QuerySyntaxError(problem, text.length - rest.length + 1);
    }
    const [kind, value] = Object.entries(found.groups ?? {}).find(([, part]) => part !== undefined) as [Token["kind"], string];
    const column = found.index + found[0].length - found[0].trimStart().length + 1;
    tokens.push({ kind, text: value, column });
  }
  tokens.push({ kind: "end", text: "", column: end + 1 });
  return tokens;
}

const KEYWORDS: ReadonlySet<string> = new Set(
  "SELECT FROM WHERE ORDER BY ASC DESC LIMIT AND OR NOT IN IS NULL TRUE FALSE".split(" "),
);

class Parser {
  #at = 0;
  #depth = 0;
  readonly #columns = new Set<string>();
  readonly #names = new Set<string>();

  constructor(readonly tokens: readonly Token[]) {}

  query(): SelectQuery {
    this.#expect("SELECT");
    const columns = this.#takeSign("*") ? undefined : this.#list(() => this.#column());
    this.#expect("FROM");
    const table = this.#name();
    const where = this.#take("WHERE") ? this.#condition() : undefined;
    const order = this.#take("ORDER") ? (this.#expect("BY"), this.#list(() => this.#ordering())) : [];
    const limit = this.#take("LIMIT") ? this.#limit() : undefined;
    if (this.#token.kind !== "end") this.#fail();
    return {
      table,
      order,
      uses: [...this.#columns],
      names: [...this.#names],
      ...(columns === undefined ? {} : { columns }),
      ...(where === undefined ? {} : { where }),
      ...(limit === undefined ? {} : { limit }),
    };
  }

  #condition(): Condition {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw new QuerySyntaxError("it is nested too deeply", this.#token.column);
    const parts = this.#several("OR", () => this.#several("AND", () => this.#part(), "and"), "or");
    this.#depth -= 1;
    return parts;
  }

  #several(word: string, one: () => Condition, kind: "and" | "or"): Condition {
    const parts = [one()];
    while (this.#take(word)) parts.push(one());
    return parts.length === 1 ? (parts[0] as Condition) : { kind, parts };
  }

  #part(): Condition {
    if (this.#take("NOT")) {
      this.#depth += 1;
      if (this.#depth > MAX_DEPTH) throw new QuerySyntaxError("it is nested too deeply", this.#token.column);
      const part = this.#part();
      this.#depth -= 1;
      return { kind: "not", part };
    }
    if (this.#takeSign("(")) {
      const condition = this.#condition();
      this.#expectSign(")");
      return condition;
    }
    return this.#test(this.#operand());
  }

  #test(left: Operand): Condition {
    if (this.#take("IS")) {
      const isNegated = this.#take("NOT");
      this.#expect("NULL");
      return { kind: "null", left, isNegated };
    }
    const isNegated = this.#take("NOT");
    if (isNegated || this.#isWord("IN")) {
      this.#expect("IN");
      this.#expectSign("(");
      const list = this.#list(() => this.#operand());
      this.#expectSign(")");
      return { kind: "in", left, list, isNegated };
    }
    const sign = this.#token;
    if (sign.kind !== "sign" || !/^(?:[<>]=?|[!]?=|<>)$/.test(sign.text)) this.#fail();
    this.#at += 1;
    const comparison = (sign.text === "<>" ? "!=" : sign.text) as Comparison;
    return { kind: "compare", left, comparison, right: this.#operand() };
  }

  #operand(): Operand {
    const token = this.#token;
    if (token.kind === "word" && !KEYWORDS.has(token.text.toUpperCase())) return { kind: "column", name: this.#column() };
    this.#at += 1;
    switch (token.kind) {
      case "number":
        return { kind: "value", value: Number(token.text) };
      case "text":
        return this.#text(token.text.replaceAll("''", "'"));
      case "bound":
        this.#names.add(token.text);
        return { kind: "bound", name: token.text };
      case "word":
        if (CONSTANTS.has(token.text.toUpperCase())) {
          return { kind: "value", value: CONSTANTS.get(token.text.toUpperCase()) as Json };
        }
    }
    this.#at -= 1;
    return this.#fail();
  }

  #text(text: string): Operand {
    const parts = text
      .split(/(\$\{[A-Za-z_]\w*\})/)
      .filter((part) => part !== "")
      .map((part) => (/^\$\{\w+\}$/.test(part) ? { name: part.slice(2, -1) } : part));
    for (const part of parts) if (typeof part !== "string") this.#names.add(part.name);
    return parts.every((part) => typeof part === "string") ? { kind: "value", value: text } : { kind: "text", parts };
  }

  #ordering(): SelectQuery["order"][number] {
    const column = this.#column();
    const isDescending = this.#take("DESC");
    if (!isDescending) this.#take("ASC");
    return { column, isDescending };
  }

  #limit(): number {
    const { kind, text } = this.#token;
    if (kind !== "number" || !/^\d{1,9}$/.test(text)) this.#fail();
    this.#at += 1;
    return Number(text);
  }

  #list<Item>(one: () => Item): Item[] {
    const items = [one()];
    while (this.#takeSign(",")) items.push(one());
    return items;
  }

  #column(): string {
    const name = this.#name();
    this.#columns.add(name);
    return name;
  }

  #name(): string {
    const { kind, text } = this.#token;
    if (kind !== "word" || KEYWORDS.has(text.toUpperCase())) this.#fail();
    this.#at += 1;
    return text;
  }

  get #token(): Token {
    return this.tokens[this.#at] as Token;
  }

  #isWord(word: string): boolean {
    return this.#token.kind === "word" && this.#token.text.toUpperCase() === word;
  }

  #take(word: string): boolean {
    const isThere = this.#isWord(word);
    if (isThere) this.#at += 1;
    return isThere;
  }

  #takeSign(sign: string): boolean {
    const isThere = this.#token.kind === "sign" && this.#token.text === sign;
    if (isThere) this.#at += 1;
    return isThere;
  }

  #expect(word: string): void {
    if (!this.#take(word)) this.#fail(word);
  }

  #expectSign(sign: string): void {
    if (!this.#takeSign(sign)) this.#fail(`"${sign}"`);
  }

  #fail(wanted?: string): never {
    const { kind, text, column } = this.#token;
    const found = kind === "end" ? "it ends" : `${JSON.stringify(text.slice(0, 40))} stands`;
    throw new QuerySyntaxError(
      wanted === undefined ? `${found} where it cannot` : `${found} where ${wanted} is expected`,
      column,
    );
  }
}

const CONSTANTS: ReadonlyMap<string, Json> = new Map<string, Json>([
  ["TRUE", true],
  ["FALSE", false],
  ["NULL", null],
]);
