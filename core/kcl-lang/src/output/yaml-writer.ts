/** Values as YAML: two spaces, sequences not indented below their key, no folding, block text for several lines. */
import { entriesOf } from "../runtime/inspect.js";
import { formatFloat } from "../runtime/text.js";
import { KclFunction, KclInstance, KclList, KclModule, KclMultiplier, type Value } from "../runtime/values.js";
import { SchemaClass } from "../runtime/schema-class.js";

export interface YamlOptions {
  readonly sortKeys?: boolean;
  readonly ignorePrivate?: boolean;
  readonly ignoreNone?: boolean;
}

/** A document with a line end at its end. */
export function writeYaml(value: Value, options: YamlOptions = {}): string {
  const lines: string[] = [];
  writeBlock(value, "", lines, options);
  return `${lines.join("\n")}\n`;
}

function writeBlock(value: Value, indent: string, lines: string[], options: YamlOptions): void {
  if (value instanceof KclList && value.items.length > 0) return writeSequence(value, indent, lines, options);
  const keys = shownKeys(value, options);
  if (keys !== undefined && keys.length > 0) return writeMapping(value, keys, indent, lines, options);
  lines.push(`${indent}${scalar(value, indent)}`);
}

function writeSequence(value: KclList, indent: string, lines: string[], options: YamlOptions): void {
  for (const item of value.items) {
    if (options.ignoreNone && (item === null || item === undefined)) continue;
    const first = lines.length;
    writeBlock(item, `${indent}  `, lines, options);
    lines[first] = `${indent}- ${lines[first]!.slice(indent.length + 2)}`;
  }
}

function writeMapping(value: Value, keys: readonly string[], indent: string, lines: string[], options: YamlOptions): void {
  const entries = entriesOf(value)!;
  for (const key of keys) {
    const item = entries.get(key)!.value;
    const label = `${indent}${quoteIfNeeded(key)}:`;
    if (item instanceof KclList && item.items.length > 0) {
      lines.push(label);
      writeSequence(item, indent, lines, options);
    } else if ((shownKeys(item, options)?.length ?? 0) > 0) {
      lines.push(label);
      writeBlock(item, `${indent}  `, lines, options);
    } else lines.push(`${label} ${scalar(item, `${indent}`)}`);
  }
}

function shownKeys(value: Value, options: YamlOptions): string[] | undefined {
  const entries = entriesOf(value);
  if (entries === undefined) return undefined;
  const keys: string[] = [];
  for (const [key, entry] of entries) {
    if (isHidden(entry.value) || (options.ignoreNone && entry.value === null)) continue;
    if ((options.ignorePrivate || value instanceof KclInstance) && key.startsWith("_")) continue;
    keys.push(key);
  }
  return options.sortKeys ? keys.sort() : keys;
}

/** Values that no output shows. */
export function isHidden(value: Value): boolean {
  return value === undefined || value instanceof KclFunction || value instanceof SchemaClass || value instanceof KclModule;
}

function scalar(value: Value, indent: string): string {
  if (value === null || value === undefined) return "null";
  if (typeof value === "string") return text(value, indent);
  if (typeof value === "bigint" || typeof value === "boolean") return String(value);
  if (typeof value === "number") return floatText(value);
  if (value instanceof KclMultiplier) return floatText(value.value);
  return value instanceof KclList ? "[]" : "{}";
}

function floatText(value: number): string {
  if (Number.isNaN(value)) return ".nan";
  if (!Number.isFinite(value)) return value > 0 ? ".inf" : "-.inf";
  return formatFloat(readAgain(value)).replace("e+", "e");
}

/**
 * The reference engine writes YAML from its own JSON text, whose numbers it reads the fast way: the digits as one integer, scaled by
 * a power of ten. For a few numbers that differs in the last digit, and texts are to be the same.
 */
function readAgain(value: number): number {
  const [, sign, first, rest = "", exponent] = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(value.toExponential())!;
  const scale = Number(exponent) - rest.length;
  if (Math.abs(scale) > largestPower) return value;
  const digits = Number(`${first}${rest}`);
  const power = Number(`1e${Math.abs(scale)}`);
  const size = scale < 0 ? digits / power : digits * power;
  return sign === "-" ? -size : size;
}

/** The largest power of ten that is a number. */
const largestPower = 308;

function text(value: string, indent: string): string {
  const block = value.includes("\n") && !/[^\P{Cc}\n\t]|[\u2028\u2029]/u.test(value) && !/^\s/.test(value) && value.trim() !== "";
  return block ? blockText(value, indent) : quoteIfNeeded(value);
}

function blockText(value: string, indent: string): string {
  let trailing = 0;
  while (value[value.length - 1 - trailing] === "\n") trailing++;
  const mark = trailing === 0 ? "|-" : trailing === 1 ? "|" : "|+";
  const body = trailing > 0 ? value.slice(0, -1) : value;
  const lines = body.split("\n").map((line) => (line === "" ? "" : `${indent}  ${line}`));
  return [mark, ...lines].join("\n");
}

const reserved = /^(y|yes|n|no|on|off|true|false|null|nil|~|nan)$/i;

function quoteIfNeeded(value: string): string {
  if (/\p{Cc}|[\u2028\u2029\ufeff]/u.test(value)) return JSON.stringify(value);
  const plain =
    value !== "" &&
    !/^[0-9\-.+]/.test(value) &&
    !reserved.test(value) &&
    !/^[,[\]{}#&*!|>'"%@`?:=<]/.test(value) &&
    !/: |:$| #/.test(value) &&
    value.trim() === value;
  return plain ? value : `'${value.replaceAll("'", "''")}'`;
}
