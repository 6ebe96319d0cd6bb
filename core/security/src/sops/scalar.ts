/**
 * A value of a SOPS file as what is encrypted and authenticated: its type and its bytes. The bytes are those that the program `sops` has for the
 * value (`ToBytes` in its `sops.go`, version 3.10): `True` and `False`, whole numbers in decimal, floats without an exponent.
 */

export const SCALAR_TYPES = ["str", "int", "float", "bool", "bytes", "time", "comment"] as const;
export type ScalarType = (typeof SCALAR_TYPES)[number];

export interface Scalar {
  readonly type: ScalarType;
  readonly bytes: Buffer;
}

export function scalarOf(type: ScalarType, text: string): Scalar {
  return { type, bytes: Buffer.from(text, "utf8") };
}

export function textScalar(text: string): Scalar {
  return scalarOf("str", text);
}

export function boolScalar(value: boolean): Scalar {
  return scalarOf("bool", value ? "True" : "False");
}

export function floatScalar(value: number): Scalar {
  return scalarOf("float", floatText(value));
}

/** For a person or a program that wants the value: `true` for `True`, everything else as it is. */
export function plainText({ type, bytes }: Scalar): string {
  const text = bytes.toString("utf8");
  return type === "bool" ? text.toLowerCase() : text;
}

/** The number of a float, the names of what is no number included. */
export function floatValue({ bytes }: Scalar): number {
  const text = bytes.toString("utf8");
  if (/inf/i.test(text)) return text.startsWith("-") ? -Infinity : Infinity;
  return Number(text);
}

/** The shortest digits that give the number again, never with an exponent. */
function floatText(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  const [, sign = "", whole = "", part = "", exponent] = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value)) ?? [];
  const negative = Object.is(value, -0) ? "-" : sign;
  if (exponent === undefined) return negative + (part === "" ? whole : `${whole}.${part}`);
  const digits = whole + part;
  const point = whole.length + Number(exponent);
  if (point <= 0) return `${negative}0.${"0".repeat(-point)}${digits}`;
  return negative + digits.padEnd(point, "0");
}
