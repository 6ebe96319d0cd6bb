/** The module `units`. */
import { multiplier, unitFactor, type Value } from "../runtime/values.js";
import { formatFloat } from "../runtime/text.js";
import { moduleOf, native } from "./native.js";

const names = ["n", "u", "m", "k", "K", "M", "G", "T", "P", "Ki", "Mi", "Gi", "Ti", "Pi"] as const;

function constant(name: (typeof names)[number]): Value {
  const factor = unitFactor(name)!;
  return factor >= 1 ? BigInt(factor) : factor;
}

function converter(unit: string) {
  return native(`to_${unit}`, ["num"], (call) => {
    const value = call.value("num");
    const number = typeof value === "bigint" ? Number(value) : call.number("num");
    const factor = unitFactor(unit)!;
    const result = factor < 1 ? number * Math.round(1 / factor) : number / factor;
    return `${Number.isInteger(result) ? result : formatFloat(result)}${unit}`;
  });
}

export const unitsModule = moduleOf(names.map(converter), {
  ...Object.fromEntries(names.map((name) => [name, constant(name)])),
  NumberMultiplier: multiplier(0n, ""),
});
