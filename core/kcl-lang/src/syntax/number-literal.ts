/** The value of a number token. */

export interface IntegerLiteral {
  readonly value: bigint;
  readonly unit?: string;
}

/** Decimal, `0x`, `0o`, `0b` or leading-zero octal, with `_` between digits and perhaps a unit. */
export function readInteger(text: string): IntegerLiteral {
  const plain = text.replaceAll("_", "");
  const prefixed = /^0[xX][0-9a-fA-F]+$|^0[oO][0-7]+$|^0[bB][01]+$/.test(plain);
  if (prefixed) return { value: BigInt(plain) };
  const match = /^([0-9]+)([A-Za-z]*)/.exec(plain);
  const digits = match?.[1] ?? "0";
  const octal = /^0[0-7]+$/.test(digits) && !/^0+$/.test(digits);
  const value = BigInt(octal ? `0o${digits.slice(1)}` : digits);
  const unit = match?.[2] ?? "";
  return unit === "" ? { value } : { value, unit };
}

export function readFloat(text: string): number {
  return Number.parseFloat(text.replaceAll("_", ""));
}
