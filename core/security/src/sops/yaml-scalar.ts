/**
 * What a plain scalar of YAML is to the program `sops`, whose reader (yaml.v3 of Go) takes more for numbers than YAML 1.2 does: `014` is 12,
 * `1_000` is 1000, `2026-01-02` is a time. The message authentication code holds what that reader sees.
 */

import { boolScalar, floatScalar, type Scalar, scalarOf, textScalar } from "./scalar.js";

const NULLS: ReadonlySet<string> = new Set(["", "~", "null", "Null", "NULL"]);
const BOOLS: ReadonlySet<string> = new Set(["true", "True", "TRUE", "false", "False", "FALSE"]);
const FLOAT = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;
const NOT_A_NUMBER = /^(?:\.nan|\.NaN|\.NAN)$/;
const INFINITE = /^([-+]?)(?:\.inf|\.Inf|\.INF)$/;
const INTEGER = /^([-+]?)(?:0[xX]([\da-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9]\d*))$/;
const MAX_INTEGER = 2n ** 63n;
const TIME =
  /^(\d{4})-(\d\d?)-(\d\d?)(?:[Tt](\d\d?):(\d\d?):(\d\d?)(\.\d{1,9})?(Z|[+-]\d\d:\d\d)| (\d\d?):(\d\d?):(\d\d?)(\.\d{1,9})?)?$/;

/** A whole number that would be rounded. */
export function isRounded(source: string): boolean {
  const text = source.replaceAll("_", "").replace(/^\+/, "");
  const scalar = INTEGER.test(text) ? plainScalar(text) : undefined;
  return scalar?.type === "float" && scalar.bytes.toString("utf8") !== text;
}

/** Absent: `null`. */
export function plainScalar(source: string): Scalar | undefined {
  if (NULLS.has(source)) return undefined;
  if (BOOLS.has(source)) return boolScalar(source.toLowerCase() === "true");
  if (NOT_A_NUMBER.test(source)) return floatScalar(Number.NaN);
  const infinite = INFINITE.exec(source);
  if (infinite !== null) return floatScalar(infinite[1] === "-" ? -Infinity : Infinity);
  if (!/^[-+.\d]/.test(source)) return textScalar(source);
  return time(source) ?? number(source.replaceAll("_", "")) ?? textScalar(source);
}

function number(text: string): Scalar | undefined {
  const [isInteger, sign, hex, binary, octal, decimal] = INTEGER.exec(text) ?? [];
  if (isInteger !== undefined) {
    const size = BigInt(hex ? `0x${hex}` : binary ? `0b${binary}` : octal ? `0o${octal}` : (decimal as string));
    const value = sign === "-" ? -size : size;
    if (value < MAX_INTEGER && value >= -MAX_INTEGER) return scalarOf("int", String(value));
  }
  return FLOAT.test(text) ? floatScalar(Number(text)) : undefined;
}

function time(text: string): Scalar | undefined {
  const [isTime, year, month, day, ...clock] = TIME.exec(text) ?? [];
  if (isTime === undefined || Number.isNaN(Date.parse(`${year}-${two(month)}-${two(day)}T00:00:00Z`))) return undefined;
  const [hours = clock[5], minutes = clock[6], seconds = clock[7], part = clock[8] ?? "", zone = "Z"] = clock;
  const fraction = part.replace(/\.?0+$/, "");
  return scalarOf("time", `${year}-${two(month)}-${two(day)}T${two(hours)}:${two(minutes)}:${two(seconds)}${fraction}${zone}`);
}

function two(digits = "0"): string {
  return digits.padStart(2, "0");
}
