/** The functions that need no import. */
import { entriesOf, equals, isTrue, typeName, peekEntriesOf } from "../runtime/inspect.js";
import { elements } from "../runtime/compile-loop.js";
import { callValue } from "../runtime/compile-call.js";
import { binary, orderOf, power } from "../runtime/operators.js";
import { sizeOf } from "../runtime/extent.js";
import { integerFrom } from "../runtime/number-range.js";
import { dictFrom, KclDict, KclFunction, KclList, type Value } from "../runtime/values.js";
import { typeText } from "../semantics/types.js";
import { toText } from "../runtime/text.js";
import { conversions } from "./conversions.js";
import { native, type NativeCall } from "./native.js";
import { optionFunction } from "./option.js";

const print = native("print", [], (call) => {
  const end = call.args.named.get("end");
  for (const value of call.args.positional) call.machine.work(sizeOf(value));
  const text = call.args.positional.map(toText).join(" ");
  call.machine.log.push(call.machine.keep(`${text}${typeof end === "string" ? end : "\n"}`));
  return undefined;
});

const multiplyof = native("multiplyof", ["a", "b"], (call) => {
  const divisor = call.integer("b");
  return divisor === 0n ? call.fail("division by zero") : call.integer("a") % divisor === 0n;
});

const isunique = native("isunique", ["list"], (call) => {
  const { items } = call.list("list");
  const scalars = new Set<Value>();
  const others: Value[] = [];
  for (const item of items) {
    const key = typeof item === "bigint" && Number.isSafeInteger(Number(item)) ? Number(item) : item;
    if (typeof key === "object" && key !== null) {
      call.machine.work(others.length * sizeOf(key));
      if (others.some((other) => equals(key, other))) return false;
      others.push(key);
    } else if (scalars.has(key)) return false;
    else scalars.add(key);
  }
  return true;
});

const isnullish = native("isnullish", ["value"], (call) => call.value("value") === null || call.value("value") === undefined);

const len = native("len", ["value"], (call) => {
  const value = call.value("value");
  if (typeof value === "string") {
    call.machine.work(value.length);
    return BigInt(/[\ud800-\udfff]/.test(value) ? Array.from(value).length : value.length);
  }
  if (value instanceof KclList) return BigInt(value.length);
  const entries = peekEntriesOf(value);
  return entries === undefined ? call.fail(`object of type '${typeName(value)}' has no len()`) : BigInt(entries.size);
});

const abs = native("abs", ["value"], (call) => {
  const value = call.value("value");
  if (typeof value === "bigint") return value < 0n ? -value : value;
  return Math.abs(call.number("value"));
});

const allTrue = native("all_true", ["value"], (call) => values(call, "value").every(isTrue));
const anyTrue = native("any_true", ["value"], (call) => values(call, "value").some(isTrue));

/** Elements as a loop with one variable sees them. */
function values(call: NativeCall, parameter: string): Value[] {
  const source = call.value(parameter);
  const keyed = entriesOf(source) !== undefined;
  const length = typeof source === "string" ? source.length : source instanceof KclList ? source.length : 0;
  call.machine.allocate(16 * length);
  call.machine.work(length);
  return [...elements(call.machine, source)].map(([key, value]) => (keyed ? key : value));
}

function inBase(name: string, base: number, prefix: string): KclFunction {
  return native(name, ["number"], (call) => {
    const value = call.integer("number");
    return `${value < 0n ? "-" : ""}${prefix}${(value < 0n ? -value : value).toString(base)}`;
  });
}

const ord = native("ord", ["c"], (call) => {
  const chars = Array.from(call.text("c"));
  return chars.length === 1
    ? BigInt(chars[0]!.codePointAt(0)!)
    : call.fail(`ord() expected a character, but string of length ${chars.length} found`);
});

const sorted = native("sorted", ["value", "reverse"], (call) => {
  const items = values(call, "value").sort((a, b) => order(call, a, b));
  return new KclList(call.flag("reverse") ? items.reverse() : items);
});

function order(call: NativeCall, a: Value, b: Value): number {
  call.machine.work(4 + Math.min(sizeOf(a), sizeOf(b)));
  return orderOf(a, b) ?? call.fail(`'<' not supported between instances of '${typeName(a)}' and '${typeName(b)}'`);
}

const range = native("range", ["start", "stop", "step"], (call) => {
  const single = !call.has("stop");
  const start = single ? 0n : call.integer("start");
  const stop = call.integer(single ? "start" : "stop");
  const step = call.integer("step", 1n);
  if (step === 0n) call.fail("range() arg 3 must not be zero");
  const length = Math.max(0, Number((stop - start) / step) + 1);
  call.machine.allocate(32 * length);
  call.machine.work(length);
  const items: bigint[] = [];
  for (let at = start; step > 0n ? at < stop : at > stop; at += step) items.push(at);
  return new KclList(items);
});

function extreme(name: "max" | "min", sign: number): KclFunction {
  return native(name, ["value"], (call) => {
    const { positional } = call.args;
    const items = positional.length > 1 ? [...positional] : values(call, "value");
    if (items.length === 0) return call.fail(`${name}() arg is an empty sequence`);
    return items.reduce((best, item) => (order(call, item, best) * sign > 0 ? item : best));
  });
}

const sum = native("sum", ["iterable", "start"], (call) => {
  const start: Value = call.has("start") ? call.value("start") : 0n;
  return values(call, "iterable").reduce((total, item) => binary(call.machine, "+", total, item), start);
});

const pow = native("pow", ["x", "y", "z"], (call) => {
  const [x, y, z] = [call.value("x"), call.value("y"), call.value("z")];
  if (typeof x === "bigint" && typeof y === "bigint") {
    if (z === 0n) return call.fail("division by zero");
    if (typeof z === "bigint") return binary(call.machine, "%", modularPower(x, y, z), z);
    return power(call.machine, x, y);
  }
  return call.number("x") ** call.number("y");
});

function modularPower(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let factor = base % modulus;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * factor) % modulus;
    factor = (factor * factor) % modulus;
  }
  return result;
}

const round = native("round", ["number", "ndigits"], (call) => {
  const value = call.value("number");
  if (typeof value === "bigint") return call.has("ndigits") ? Number(value) : value;
  const number = call.number("number");
  const digits = Number(call.integer("ndigits", 0n));
  const scale = 10 ** digits;
  const rounded = Math.sign(number) * (Math.round(Math.abs(number) * scale) / scale);
  return call.has("ndigits") && call.value("ndigits") !== null ? rounded : integerFrom(call.machine, Math.round(rounded));
});

const zip = native("zip", [], (call) => {
  const lists = call.args.positional.map((source) =>
    [...elements(call.machine, source)].map(([key, value]) => (entriesOf(source) === undefined ? value : key)),
  );
  const length = lists.length === 0 ? 0 : Math.min(...lists.map((list) => list.length));
  return new KclList(Array.from({ length }, (_, index) => new KclList(lists.map((list) => list[index]))));
});

const typeofFunction = native("typeof", ["x", "full_name"], (call) => typeofText(call.value("x"), call.flag("full_name")));

/** As in messages, except for None and schemas. */
function typeofText(value: Value, fullName: boolean): string {
  if (value === null) return "None";
  const name = typeName(value, fullName);
  return name === "schema" ? "type" : name;
}

const reduce = native("reduce", ["reducer", "list", "initial"], (call) => {
  const reducer = call.value("reducer");
  const [first, ...rest] = values(call, "list");
  const seeded = call.has("initial");
  const accumulator = reducer instanceof KclFunction ? reducer.parameters?.[0] : undefined;
  if (first === undefined && !seeded) {
    if (accumulator === undefined || accumulator.kind === "any" || accumulator.kind === "none") return null;
    return call.fail(`reduce() empty list with no initial value and non-nullable accumulator type '${typeText(accumulator)}'`);
  }
  const items = seeded ? values(call, "list") : rest;
  return items.reduce(
    (total, item) => callValue(call.machine, reducer, { positional: [total, item], named: new Map() }),
    seeded ? call.value("initial") : first,
  );
});

const list = native("list", ["value"], (call) => {
  if (!call.has("value")) return new KclList([]);
  return new KclList(values(call, "value"));
});

const dict = native("dict", ["value"], (call) => {
  const value = call.value("value");
  const entries = entriesOf(value);
  const named = [...call.args.named].filter(([name]) => name !== "value");
  if (entries !== undefined) return new KclDict(new Map([...entries, ...dictFrom(named).entries]));
  if (value instanceof KclList) {
    const pairs = value.items.map((pair): [string, Value] =>
      pair instanceof KclList ? [toText(pair.items[0]), pair.items[1]] : [toText(pair), undefined],
    );
    return dictFrom([...pairs, ...named]);
  }
  return dictFrom(named);
});

export const builtinFunctions: ReadonlyMap<string, KclFunction> = new Map(
  [
    print,
    multiplyof,
    isunique,
    isnullish,
    len,
    abs,
    allTrue,
    anyTrue,
    inBase("hex", 16, "0x"),
    inBase("bin", 2, "0b"),
    inBase("oct", 8, "0o"),
    ord,
    sorted,
    range,
    extreme("max", 1),
    extreme("min", -1),
    sum,
    pow,
    round,
    zip,
    typeofFunction,
    reduce,
    list,
    dict,
    optionFunction,
    ...conversions,
  ].map((one) => [one.name, one]),
);
