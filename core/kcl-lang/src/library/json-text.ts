/** JSON text to values and back, with 64-bit integers and floats kept apart. */
import { deepestData } from "./nesting.js";
import { entriesOf } from "../runtime/inspect.js";
import { formatFloat } from "../runtime/text.js";
import { dictFrom, type Entry, KclFunction, KclInstance, KclList, KclMultiplier, type Value } from "../runtime/values.js";

export interface JsonOptions {
  readonly sortKeys?: boolean;
  readonly indent?: number | undefined;
  readonly ignorePrivate?: boolean;
  readonly ignoreNone?: boolean;
  readonly itemSeparator?: string;
  readonly keySeparator?: string;
}

export function encodeJson(value: Value, options: JsonOptions = {}): string {
  const out: string[] = [];
  writeValue(value, options, 0, out);
  return out.join("");
}

/** Pieces of text are collected and joined once: joining them at every level would copy deep parts again and again. */
function writeValue(value: Value, options: JsonOptions, level: number, out: string[]): void {
  if (value instanceof KclList) return writeList(value, options, level, out);
  const entries = entriesOf(value);
  if (entries === undefined) out.push(scalarText(value));
  else writeDict(entries, options.ignorePrivate === true || value instanceof KclInstance, options, level, out);
}

function scalarText(value: Value): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint" || typeof value === "boolean") return String(value);
  if (typeof value === "number") return Number.isFinite(value) ? formatFloat(value) : "null";
  return value instanceof KclMultiplier ? formatFloat(value.value) : "null";
}

function writeList(value: KclList, options: JsonOptions, level: number, out: string[]): void {
  const items = value.items.filter(
    (item) => !(options.ignoreNone && (item === null || item === undefined)) && !(item instanceof KclFunction),
  );
  if (items.length === 0) return void out.push("[]");
  out.push("[");
  for (const [index, item] of items.entries()) {
    out.push(separator(index === 0, options, level));
    writeValue(item, options, level + 1, out);
  }
  out.push(ending(options, level), "]");
}

function writeDict(
  entries: ReadonlyMap<string, Entry>,
  hidesPrivate: boolean,
  options: JsonOptions,
  level: number,
  out: string[],
): void {
  const keys = [...entries.keys()].filter((key) => {
    const item = entries.get(key)!.value;
    if (item === undefined || item instanceof KclFunction || (options.ignoreNone && item === null)) return false;
    return !(hidesPrivate && key.startsWith("_"));
  });
  if (keys.length === 0) return void out.push("{}");
  if (options.sortKeys) keys.sort();
  out.push("{");
  for (const [index, key] of keys.entries()) {
    out.push(separator(index === 0, options, level), JSON.stringify(key), options.keySeparator ?? ": ");
    writeValue(entries.get(key)!.value, options, level + 1, out);
  }
  out.push(ending(options, level), "}");
}

/** What stands before a part. */
function separator(isFirst: boolean, options: JsonOptions, level: number): string {
  if (options.indent) return `${isFirst ? "" : ","}\n${" ".repeat(options.indent * (level + 1))}`;
  return isFirst ? "" : (options.itemSeparator ?? ", ");
}

function ending(options: JsonOptions, level: number): string {
  return options.indent ? `\n${" ".repeat(options.indent * level)}` : "";
}

/** @throws SyntaxError when the text is no JSON. */
export function decodeJson(text: string): Value {
  const reader = new JsonReader(text);
  const value = reader.value();
  reader.end();
  return value;
}

const token = /\s*(?:([[\]{},:])|("[^"\\]*(?:\\.[^"\\]*)*")|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(true|false|null))\s*/y;

class JsonReader {
  private offset = 0;
  private depth = 0;

  constructor(private readonly text: string) {}

  value(): Value {
    const match = this.next();
    if (match[1] === "[" || match[1] === "{") {
      if (++this.depth > deepestData) this.refuse();
      const value = match[1] === "[" ? this.list() : this.dict();
      this.depth--;
      return value;
    }
    if (match[2] !== undefined) return JSON.parse(match[2]) as string;
    if (match[3] !== undefined) return /[.eE]/.test(match[3]) || match[3].length > 400 ? Number(match[3]) : BigInt(match[3]);
    if (match[4] !== undefined) return match[4] === "null" ? null : match[4] === "true";
    return this.refuse();
  }

  end(): void {
    if (this.text.slice(this.offset).trim() !== "") this.refuse();
  }

  private list(): KclList {
    const items: Value[] = [];
    if (this.accept("]")) return new KclList(items);
    do items.push(this.value());
    while (this.accept(","));
    if (!this.accept("]")) this.refuse();
    return new KclList(items);
  }

  private dict(): Value {
    const entries: [string, Value][] = [];
    if (this.accept("}")) return dictFrom(entries);
    do {
      const key = this.value();
      if (typeof key !== "string" || !this.accept(":")) return this.refuse();
      entries.push([key, this.value()]);
    } while (this.accept(","));
    if (!this.accept("}")) this.refuse();
    return dictFrom(entries);
  }

  private accept(symbol: string): boolean {
    token.lastIndex = this.offset;
    const match = token.exec(this.text);
    if (match?.[1] !== symbol) return false;
    this.offset = token.lastIndex;
    return true;
  }

  private next(): RegExpExecArray {
    token.lastIndex = this.offset;
    const match = token.exec(this.text) ?? this.refuse();
    this.offset = token.lastIndex;
    return match;
  }

  private refuse(): never {
    throw new SyntaxError(`invalid JSON at ${this.offset}`);
  }
}
