/** The part of TOML that `kcl.mod` files use: tables, strings, numbers, booleans, arrays and inline tables. What it does not know is skipped. */

export type TomlValue = string | number | boolean | readonly TomlValue[] | TomlTable;

export class TomlTable {
  private readonly entries = new Map<string, TomlValue>();

  get(key: string): TomlValue | undefined {
    return this.entries.get(key);
  }

  text(key: string): string | undefined {
    const value = this.get(key);
    return typeof value === "string" ? value : undefined;
  }

  /** The strings of an array; empty when there is none. */
  texts(key: string): string[] {
    const value = this.get(key);
    return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
  }

  table(key: string): TomlTable | undefined {
    const value = this.get(key);
    return value instanceof TomlTable ? value : undefined;
  }

  keys(): Iterable<string> {
    return this.entries.keys();
  }

  set(key: string, value: TomlValue): void {
    this.entries.set(key, value);
  }

  /** The table under a path of keys, made where it is missing. */
  open(path: readonly string[]): TomlTable {
    const [first, ...rest] = path;
    if (first === undefined) return this;
    const found = this.table(first) ?? new TomlTable();
    this.set(first, found);
    return found.open(rest);
  }
}

/** document = { "[" keys "]" | keys "=" value } */
export function parseToml(text: string): TomlTable {
  const root = new TomlTable();
  const reader = new Reader(text);
  let table = root;
  for (reader.skipBlank(); !reader.atEnd(); reader.skipBlank()) {
    if (reader.accept("[")) {
      reader.accept("[");
      table = root.open(reader.keys());
    } else {
      const keys = reader.keys();
      const last = keys.pop();
      const value = reader.accept("=") ? reader.value() : undefined;
      if (last !== undefined && value !== undefined) table.open(keys).set(last, value);
    }
    reader.skipLine();
  }
  return root;
}

const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f", '"': '"', "\\": "\\" };

class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  atEnd(): boolean {
    return this.at >= this.text.length;
  }

  /** White space, line ends and comments. */
  skipBlank(): void {
    for (;;) {
      this.take(/[^\S\n]*/y);
      if (this.text[this.at] === "#") this.take(/[^\n]*/y);
      else if (this.text[this.at] === "\n") this.take(/\n/y);
      else return;
    }
  }

  skipLine(): void {
    this.take(/[^\n]*/y);
  }

  accept(mark: string): boolean {
    this.take(/[^\S\n]*/y);
    if (!this.text.startsWith(mark, this.at)) return false;
    this.take(mark);
    return true;
  }

  /** keys = key { "." key } */
  keys(): string[] {
    const keys: string[] = [];
    do {
      this.take(/[^\S\n]*/y);
      const bare = this.take(/[\w-]+/y);
      const key = bare === "" ? this.string() : bare;
      if (key === undefined) break;
      keys.push(key);
    } while (this.accept("."));
    return keys;
  }

  value(): TomlValue | undefined {
    this.take(/[^\S\n]*/y);
    if (this.accept("[")) return this.array();
    if (this.accept("{")) return this.inlineTable();
    const text = this.string();
    if (text !== undefined) return text;
    const word = this.take(/[\w.+:-]+/y);
    if (word === "true" || word === "false") return word === "true";
    const number = Number(word.replaceAll("_", ""));
    return word === "" || Number.isNaN(number) ? undefined : number;
  }

  private array(): TomlValue[] {
    const items: TomlValue[] = [];
    for (this.skipBlank(); !this.atEnd() && !this.accept("]"); this.skipBlank()) {
      const item = this.value();
      if (item === undefined) break;
      items.push(item);
      this.skipBlank();
      this.accept(",");
    }
    return items;
  }

  private inlineTable(): TomlTable {
    const table = new TomlTable();
    for (this.skipBlank(); !this.atEnd() && !this.accept("}"); this.skipBlank()) {
      const keys = this.keys();
      const last = keys.pop();
      const value = this.accept("=") ? this.value() : undefined;
      if (last === undefined || value === undefined) break;
      table.open(keys).set(last, value);
      this.skipBlank();
      this.accept(",");
    }
    return table;
  }

  private string(): string | undefined {
    for (const quote of ['"""', "'''"]) {
      if (!this.text.startsWith(quote, this.at)) continue;
      const end = this.text.indexOf(quote, this.at + 3);
      if (end < 0) return undefined;
      return this.take(this.text.slice(this.at, end + 3))
        .slice(3, -3)
        .replace(/^\n/, "");
    }
    const literal = this.take(/'[^'\n]*'/y);
    if (literal !== "") return literal.slice(1, -1);
    const quoted = this.take(/"(?:[^"\\\n]|\\.)*"/y);
    return quoted === "" ? undefined : quoted.slice(1, -1).replace(/\\(.)/g, (_, mark: string) => escapes[mark] ?? `\\${mark}`);
  }

  /** Takes a text, or what a sticky pattern matches here. */
  private take(what: string | RegExp): string {
    let found = what;
    if (typeof found !== "string") {
      found.lastIndex = this.at;
      found = found.exec(this.text)?.[0] ?? "";
    }
    this.at += found.length;
    return found;
  }
}
