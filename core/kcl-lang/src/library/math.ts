/** The module `math`. */
import { checkInteger, integerFrom } from "../runtime/number-range.js";
import { KclList } from "../runtime/values.js";
import { moduleOf, native, type NativeCall } from "./native.js";

function whole(name: string, compute: (value: number) => number) {
  return native(name, ["x"], (call) => {
    const value = call.value("x");
    return typeof value === "bigint" ? value : integerFrom(call.machine, compute(call.number("x")));
  });
}

function real(name: string, compute: (value: number) => number) {
  return native(name, ["x"], (call) => compute(call.number("x")));
}

function greatestDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b];
  while (y > 0n) [x, y] = [y, x % y];
  return x;
}

/** 20! is the largest factorial of 64 bits. */
function factorial(call: NativeCall): bigint {
  const value = call.value("x");
  const count = typeof value === "number" && Number.isInteger(value) ? BigInt(value) : call.integer("x");
  if (count < 0n) return call.fail("factorial() not defined for negative values");
  let product = 1n;
  for (let factor = 2n; factor <= count; factor++) product = checkInteger(call.machine, product * factor);
  return product;
}

export const mathModule = moduleOf([
  whole("ceil", Math.ceil),
  whole("floor", Math.floor),
  native("factorial", ["x"], factorial),
  native("gcd", ["a", "b"], (call) => greatestDivisor(call.integer("a"), call.integer("b"))),
  native("isfinite", ["x"], (call) => Number.isFinite(call.number("x"))),
  native("isinf", ["x"], (call) => !Number.isFinite(call.number("x")) && !Number.isNaN(call.number("x"))),
  native("isnan", ["x"], (call) => Number.isNaN(call.number("x"))),
  native("modf", ["x"], (call) => {
    const value = call.number("x");
    return new KclList([value - Math.trunc(value), Math.trunc(value)]);
  }),
  real("exp", Math.exp),
  real("expm1", Math.expm1),
  native("log", ["x", "e"], (call) =>
    call.has("e") ? Math.log(call.number("x")) / Math.log(call.number("e")) : Math.log(call.number("x")),
  ),
  real("log1p", Math.log1p),
  real("log2", Math.log2),
  real("log10", Math.log10),
  native("pow", ["x", "y"], (call) => call.number("x") ** call.number("y")),
  real("sqrt", Math.sqrt),
]);
