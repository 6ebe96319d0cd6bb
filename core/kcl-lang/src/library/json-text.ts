/** JSON text to values and back, with 64-bit integers and floats kept apart. */
import { deepestData } from "./nesting.js";
import { entriesOf } from "../runtime/inspect.js";
import { formatFloat } from "../runtime/text.js";
import { dictFrom, KclFunction, KclInstance, KclList, KclMultiplier, type Value } from "../runtime/values.js";

export interface JsonOptions {
  readonly sortKeys?: boolean;
  readonly indent?: number | undefined;
  readonly ignorePrivate?: boolean;
  readonly ignoreNone?: boolean;
  readonly itemSeparator?: string;
  readonly keySeparator?: string;
}

export function encodeJson(value: Value, options: JsonOptions = {}, level = 0): string {
  if (value === null || value === undefined) return "null";
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint" || typeof value === "boolean") return String(value);
  if (typeof value === "number") return Number.isFinite(value) ? formatFloat(value) : "null";
  if (value instanceof KclMultiplier) return formatFloat(value.value);
  const parts = value instanceof KclList ? listParts(value, options, level) : dictParts(value, options, level);
  if (parts === undefined) return "null";
  const [open, close] = value instanceof KclList ? "[]" : "{}";
  if (parts.length === 0) return `${open}${close}`;
  if (options.indent === undefined || options.indent === 0) return `${open}${parts.join(options.itemSeparator ?? ", ")}${close}`;
  const pad = " ".repeat(options.indent * (level + 1));
  return `${open}\n${pad}${parts.join(`,\n${pad}`)}\n${" ".repeat(options.indent * level)}${close}`;
}

function listParts(value: KclList, options: JsonOptions, level: number): string[] {
  return value.items
    .filter((item) => !(options.ignoreNone && (item === null || item === undefined)) && !(item instanceof KclFunction))
    .map((item) => encodeJson(item, options, level + 1));
}

function dictParts(value: Value, options: JsonOptions, level: number): string[] | undefined {
  const entries = entriesOf(value);
  if (entries === undefined) return undefined;
  let keys = [...entries.keys()];
  if (options.sortKeys) keys = keys.sort();
  const parts: string[] = [];
  for (const key of keys) {
    const item = entries.get(key)!.value;
    if (item === undefined || item instanceof KclFunction) continue;
    if (options.ignoreNone && item === null) continue;
    if ((options.ignorePrivate || value instanceof KclInstance) && key.startsWith("_")) continue;
    parts.push(`${JSON.stringify(key)}${options.keySeparator ?? ": "}${encodeJson(item, options, level + 1)}`);
  }
  return parts;
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
