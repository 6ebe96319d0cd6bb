/** `int`, `float`, `bool`, `str`. */
import { isTrue, typeName } from "../runtime/inspect.js";
import { checkInteger } from "../runtime/number-range.js";
import { toText } from "../runtime/text.js";
import { KclMultiplier, unitFactor, type Value } from "../runtime/values.js";
import { native, type NativeCall } from "./native.js";

const int = native("int", ["number", "base"], (call) => {
  const value = call.value("number");
  const base = Number(call.integer("base", 10n));
  if (base !== 0 && (base < 2 || base > 36)) call.fail("int() base must be >= 2 and <= 36, or 0");
  if (typeof value === "string") return checkInteger(call.machine, parseInteger(call, value, base));
  return checkInteger(call.machine, truncate(call, value));
});

function truncate(call: NativeCall, value: Value): bigint {
  if (typeof value === "bigint") return value;
  if (typeof value === "boolean") return value ? 1n : 0n;
  if (value instanceof KclMultiplier) return BigInt(Math.trunc(value.value));
  if (typeof value === "number" && Number.isFinite(value)) return BigInt(Math.trunc(value));
  return call.fail(`int() argument must be a string, a number, not '${typeName(value)}'`);
}

function parseInteger(call: NativeCall, text: string, base: number): bigint {
  const unit = /^\s*([+-]?\d+)([A-Za-z]{1,2})\s*$/.exec(text);
  const factor = unit === null || base !== 10 ? undefined : unitFactor(unit[2]!);
  if (unit !== null && factor !== undefined) return BigInt(Math.trunc(Number(unit[1]) * factor));
  const match = /^\s*([+-]?)(0[xX]|0[oO]|0[bB])?([0-9a-zA-Z_]+)\s*$/.exec(text);
  const prefixBase = { x: 16, o: 8, b: 2 }[match?.[2]?.[1]?.toLowerCase() ?? ""];
  const usesPrefix = prefixBase !== undefined && (base === 0 || base === prefixBase);
  const digits = match === null ? "" : usesPrefix ? match[3]! : `${match[2] ?? ""}${match[3]}`;
  const radix = usesPrefix ? prefixBase : base === 0 ? 10 : base;
  const value = radixValue(digits.replaceAll("_", ""), radix);
  if (value === undefined) return call.fail(`invalid literal for int() with base ${base}: '${text}'`);
  return match![1] === "-" ? -value : value;
}

/** Beyond 64 bits digits are only tested and no longer added up. */
const tooLarge = 2n ** 200n;

function radixValue(digits: string, radix: number): bigint | undefined {
  if (digits === "") return undefined;
  let value = 0n;
  for (const char of digits.toLowerCase()) {
    const digit = Number.parseInt(char, 36);
    if (Number.isNaN(digit) || digit >= radix) return undefined;
    if (value < tooLarge) value = value * BigInt(radix) + BigInt(digit);
  }
  return value;
}

const float = native("float", ["number"], (call) => {
  const value = call.value("number");
  if (value instanceof KclMultiplier) return value.value;
  if (typeof value !== "string") return call.number("number");
  const number = parseFloatText(value);
  return number ?? call.fail(`could not convert string to float: '${value}'`);
});

function parseFloatText(text: string): number | undefined {
  const trimmed = text.trim();
  const named = /^([+-]?)(inf|infinity|nan)$/i.exec(trimmed);
  if (named !== null) return named[2]!.toLowerCase() === "nan" ? Number.NaN : named[1] === "-" ? -Infinity : Infinity;
  if (/^[+-]?(\d[\d_]*(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/.test(trimmed)) return Number(trimmed.replaceAll("_", ""));
  const unit = /^([+-]?\d+)([A-Za-z]{1,2})$/.exec(trimmed);
  const factor = unit === null ? undefined : unitFactor(unit[2]!);
  return factor === undefined ? undefined : Number(unit![1]) * factor;
}

const bool = native("bool", ["x"], (call) => isTrue(call.value("x")));
const str = native("str", ["x"], (call) => (call.has("x") ? toText(call.walk("x")) : ""));

export const conversions = [int, float, bool, str];
