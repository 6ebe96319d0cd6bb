/** `str.format`: fields by position or name with attributes and indexes, and Python's format specifications. */
import { entriesOf, typeName } from "../runtime/inspect.js";
import { sizeOf } from "../runtime/extent.js";
import { subscriptValue } from "../runtime/select.js";
import { formatFloat, toText } from "../runtime/text.js";
import type { Value } from "../runtime/values.js";
import { writeYaml } from "../output/yaml-writer.js";
import { encodeJson } from "./json-text.js";
import type { NativeCall } from "./native.js";

const field = /\{\{|\}\}|\{([^{}:!]*)(?:!([rs]))?(?::((?:[^{}]|\{[^{}]*\})*))?\}|[{}]/g;

export function formatText(call: NativeCall, text: string): string {
  let next = 0;
  return text.replace(field, (whole, name: string | undefined, _conversion: string | undefined, spec: string | undefined) => {
    if (whole === "{{") return "{";
    if (whole === "}}") return "}";
    if (whole === "{" || whole === "}") return call.fail(`Single '${whole}' encountered in format string`);
    const path = (name ?? "").trim();
    const value = fieldValue(call, path === "" || /^[.[]/.test(path) ? `${next++}${path}` : path);
    return applySpec(call, value, spec ?? "");
  });
}

function fieldValue(call: NativeCall, path: string): Value {
  const [, first = "", rest = ""] = /^([^.[]*)(.*)$/s.exec(path)!;
  let value: Value;
  if (/^\d+$/.test(first)) {
    const index = Number(first);
    if (index >= call.args.positional.length) return call.fail("Replacement index out of range for positional args tuple");
    value = call.args.positional[index];
  } else if (call.args.named.has(first)) value = call.args.named.get(first);
  else return call.fail(`'${first}' is not given to format`);
  for (const [, attribute, key] of rest.matchAll(/\.([^.[]+)|\[([^\]]*)\]/g)) {
    if (attribute !== undefined) value = entriesOf(value)?.get(attribute)?.value;
    else
      value = subscriptValue(call.machine, value, /^-?\d+$/.test(key!) && entriesOf(value) === undefined ? BigInt(key!) : key!);
  }
  return value;
}

const specPattern = /^(?:(.)?([<>=^]))?([+\- ])?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([bcdeEfFgGnosxX%])?$/s;

function applySpec(call: NativeCall, value: Value, spec: string): string {
  call.machine.work(sizeOf(value));
  const kind = spec.trim().toLowerCase();
  if (kind === "") return toText(value);
  if (kind === "#json") return encodeJson(value);
  if (kind === "#yaml") return writeYaml(value);
  const match = specPattern.exec(spec);
  if (match === null) return call.fail("Invalid format specifier");
  const [, fill, align, sign, alternate, zero, width, group, precision, type] = match;
  if (Number(precision ?? 0) > 100) return call.fail("Invalid format specifier: precision too big");
  call.machine.allocate(2 * Number(width ?? 0));
  const body = formatBody(call, value, { alternate, group, precision, type });
  const numeric = typeof value === "bigint" || typeof value === "number";
  const signed = numeric && !body.startsWith("-") && sign !== undefined && sign !== "-" ? sign + body : body;
  return pad(
    signed,
    Number(width ?? 0),
    align ?? (zero === undefined ? (numeric ? ">" : "<") : "="),
    fill ?? (zero === undefined ? " " : "0"),
  );
}

interface BodySpec {
  readonly alternate: string | undefined;
  readonly group: string | undefined;
  readonly precision: string | undefined;
  readonly type: string | undefined;
}

function formatBody(call: NativeCall, value: Value, spec: BodySpec): string {
  if (typeof value === "boolean" && spec.type !== undefined && "bcdnoxX".includes(spec.type))
    return integerBody(call, value ? 1n : 0n, spec);
  if (typeof value === "bigint" && (spec.type === undefined || "bcdnoxX".includes(spec.type)) && spec.precision === undefined)
    return integerBody(call, value, spec);
  if (typeof value === "bigint" || typeof value === "number") return floatBody(Number(value), spec);
  if (spec.type !== undefined && spec.type !== "s")
    return call.fail(`Unknown format code '${spec.type}' for object of type '${typeName(value)}'`);
  const text = toText(value);
  return spec.precision === undefined ? text : text.slice(0, Number(spec.precision));
}

const bases: Readonly<Record<string, readonly [number, string]>> = { b: [2, "0b"], o: [8, "0o"], x: [16, "0x"], X: [16, "0X"] };

function integerBody(call: NativeCall, value: bigint, spec: BodySpec): string {
  if (spec.type === "c")
    return value >= 0n && value <= 0x10ffffn ? String.fromCodePoint(Number(value)) : call.fail("%c arg not in range(0x110000)");
  const [base, prefix] = bases[spec.type ?? "d"] ?? [10, ""];
  const digits = (value < 0n ? -value : value).toString(base);
  const cased = spec.type === "X" ? digits.toUpperCase() : digits;
  return `${value < 0n ? "-" : ""}${spec.alternate === undefined ? "" : prefix}${grouped(cased, spec.group)}`;
}

function floatBody(value: number, spec: BodySpec): string {
  const precision = Number(spec.precision ?? 6);
  switch (spec.type) {
    case "e":
    case "E": {
      const text = value.toExponential(precision).replace(/e([+-])(\d)$/, "e$10$2");
      return spec.type === "E" ? text.toUpperCase() : text;
    }
    case "%":
      return `${grouped(fixedText(value * 100, precision), spec.group)}%`;
    case "f":
    case "F":
      return grouped(fixedText(value, precision), spec.group);
    case "g":
    case "G":
      return generalText(value, precision, spec.type === "G");
    default:
      return grouped(
        spec.precision === undefined ? formatFloat(value) : withFraction(generalText(value, precision, false)),
        spec.group,
      );
  }
}

/** With so many decimals; a number exactly between two goes to the even one. */
function fixedText(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  const exact = value.toFixed(Math.min(100, decimals + 30));
  const isBetween = /^50*$/.test(exact.slice(exact.indexOf(".") + 1 + decimals));
  if (!isBetween || !Number.isFinite(value)) return text;
  const lower = exact.slice(0, decimals === 0 ? exact.indexOf(".") : exact.indexOf(".") + 1 + decimals);
  return /[02468]$/.test(lower) ? lower : text;
}

/** As many digits as `precision` says, without zeros at the end; an exponent for small and large numbers. */
function generalText(value: number, precision: number, upper: boolean): string {
  if (!Number.isFinite(value)) return formatFloat(value);
  const digits = Math.max(precision, 1);
  const [mantissa = "", exponent = "0"] = value.toExponential(digits - 1).split("e");
  const scale = Number(exponent);
  if (scale >= -4 && scale < digits) return withoutZeros(value.toFixed(digits - 1 - scale));
  const text = `${withoutZeros(mantissa)}e${scale < 0 ? "-" : "+"}${String(Math.abs(scale)).padStart(2, "0")}`;
  return upper ? text.toUpperCase() : text;
}

function withoutZeros(text: string): string {
  return text.includes(".") ? text.replace(/0+$/, "").replace(/\.$/, "") : text;
}

function withFraction(text: string): string {
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

function grouped(digits: string, group: string | undefined): string {
  if (group === undefined) return digits;
  const [, sign, whole, rest] = /^(-?)(\d+)(.*)$/.exec(digits) ?? ["", "", digits, ""];
  return sign + whole!.replace(/\B(?=(\d{3})+(?!\d))/g, group) + rest;
}

function pad(text: string, width: number, align: string, fill: string): string {
  const missing = width - Array.from(text).length;
  if (missing <= 0) return text;
  if (align === "<") return text + fill.repeat(missing);
  if (align === ">") return fill.repeat(missing) + text;
  if (align === "^") return fill.repeat(Math.floor(missing / 2)) + text + fill.repeat(Math.ceil(missing / 2));
  const sign = /^[+-]/.test(text) ? text[0]! : "";
  return sign + fill.repeat(missing) + text.slice(sign.length);
}
