/** Limits of numbers: 64-bit integers, or 32-bit integers and floats with the strict setting. */
import type { Machine } from "./machine.js";
import { formatFloat } from "./text.js";

const limits = { 32: 2n ** 31n, 64: 2n ** 63n } as const;
const float32Max = 3.4028235e38;
const float32Min = 1.17549435e-38;

export function checkInteger(machine: Machine, value: bigint): bigint {
  const bits = machine.settings.strictRange ? 32 : 64;
  const limit = limits[bits];
  if (value >= limit || value < -limit) machine.fail(`${value}: A ${bits} bit integer overflow`);
  return value;
}

/** The integer that a whole float stands for. */
export function integerFrom(machine: Machine, value: number): bigint {
  return Number.isInteger(value)
    ? checkInteger(machine, BigInt(value))
    : machine.fail(`cannot convert float ${formatFloat(value)} to integer`);
}

export function checkFloat(machine: Machine, value: number): number {
  if (!machine.settings.strictRange || !Number.isFinite(value)) return value;
  const size = Math.abs(value);
  if (size > float32Max || (size !== 0 && size < float32Min)) {
    machine.fail(`${formatFloat(value)}: A 32-bit floating point number ${size > float32Max ? "overflow" : "underflow"}`);
  }
  return value;
}
