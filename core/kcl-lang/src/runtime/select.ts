/** Selectors, subscripts and slices, for reading and for assignment along a path. */
import { remember } from "./history.js";
import { isNothing, isTrue, peekEntriesOf, typeName } from "./inspect.js";
import type { Machine } from "./machine.js";
import { SchemaClass, withAttribute, withEntry } from "./schema-class.js";
import { stringMethod } from "./string-methods.js";
import { type Entry, KclDict, KclFunction, KclInstance, KclList, KclModule, KclMultiplier, type Value } from "./values.js";

export function selectAttribute(machine: Machine, target: Value, name: string): Value {
  if (target instanceof KclDict) return target.get(name);
  if (target instanceof KclInstance) {
    if (target.peekEntries().has(name)) return target.get(name);
    return machine.fail(`attribute '${name}' not found in schema '${target.schema.name}'`);
  }
  if (target instanceof KclModule) return target.get(machine, name);
  if (typeof target === "string") {
    const method = stringMethod(target, name);
    return method ?? machine.fail(`'str' object has no attribute '${name}'`);
  }
  if (target instanceof SchemaClass && name === "instances") return instancesFunction(target);
  if (target instanceof KclMultiplier) return machine.fail(`'number_multiplier' object has no attribute '${name}'`);
  return machine.fail(`invalid value '${typeName(target)}' to load attribute '${name}'`);
}

function instancesFunction(schema: SchemaClass): KclFunction {
  return new KclFunction("instances", (machine, args) => {
    const all = args.positional[0] ?? args.named.get("full_pkg");
    return new KclList(machine.instancesOf(schema, isTrue(all)));
  });
}

export function subscriptValue(machine: Machine, target: Value, index: Value): Value {
  if (target instanceof KclList) return target.peekItems()[position(machine, index, target.length, "list")];
  if (typeof target === "string") return characterAt(machine, target, index);
  const entries = peekEntriesOf(target);
  if (entries !== undefined) {
    if (isNothing(index)) return undefined;
    return typeof index === "string"
      ? entries.get(index)?.value
      : machine.fail(`invalid dict key type '${typeName(index)}', expect str`);
  }
  return machine.fail(`'${typeName(target)}' object is not subscriptable`);
}

/** Strings are indexed by code point; without surrogate pairs those are its characters. */
function characterAt(machine: Machine, text: string, index: Value): Value {
  machine.work(text.length);
  if (!/[\ud800-\udfff]/.test(text)) return text[position(machine, index, text.length, "string")];
  const chars = Array.from(text);
  return chars[position(machine, index, chars.length, "string")];
}

function position(machine: Machine, index: Value, length: number, kind: string): number {
  if (typeof index !== "bigint") return machine.fail(`${kind} indices must be integers, not ${typeName(index)}`);
  const at = index < 0n ? Number(index) + length : Number(index);
  if (at < 0 || at >= length) machine.fail(`${kind} index out of range: ${index}`);
  return at;
}

export function sliceValue(machine: Machine, target: Value, lower: Value, upper: Value, step: Value): Value {
  if (typeof target === "string") {
    machine.allocate(16 * target.length);
    machine.work(target.length);
    return slice(machine, Array.from(target), lower, upper, step).join("");
  }
  if (target instanceof KclList) return machine.keep(new KclList(slice(machine, target.peekItems(), lower, upper, step)));
  return machine.fail(`'${typeName(target)}' object is not subscriptable`);
}

function slice<T>(machine: Machine, items: readonly T[], lower: Value, upper: Value, step: Value): T[] {
  const stride = bound(machine, step) ?? 1;
  if (stride === 0) machine.fail("slice step cannot be zero");
  const { length } = items;
  const clamp = (value: number | undefined, fallback: number): number => {
    if (value === undefined) return fallback;
    const at = value < 0 ? value + length : value;
    return stride > 0 ? Math.min(Math.max(at, 0), length) : Math.min(Math.max(at, -1), length - 1);
  };
  const start = clamp(bound(machine, lower), stride > 0 ? 0 : length - 1);
  const end = clamp(bound(machine, upper), stride > 0 ? length : -1);
  const result: T[] = [];
  for (let at = start; stride > 0 ? at < end : at > end; at += stride) result.push(items[at]!);
  return result;
}

function bound(machine: Machine, value: Value): number | undefined {
  if (isNothing(value)) return undefined;
  return typeof value === "bigint" ? Number(value) : machine.fail(`slice indices must be integers, not ${typeName(value)}`);
}

/** A step of an assignment's path, evaluated. */
export type PathKey = string | bigint;

/** The value with the part at a path replaced; everything on the way is made anew. */
export function replaceAt(machine: Machine, target: Value, path: readonly PathKey[], entry: Entry): Value {
  const [key, ...rest] = path;
  if (key === undefined) return entry.value;
  if (target instanceof KclList && typeof key === "bigint") {
    const { length } = target;
    const at = key < 0n ? Number(key) + length : Number(key);
    if (at < 0 || at >= length) machine.fail(`index out of bounds: the len is ${length} but the index is ${key}`);
    const item = replaceAt(machine, target.peekItems()[at], rest, entry);
    machine.allocate(64);
    const change = target.change(machine);
    change.set(at, item, entry.place);
    return new KclList(change);
  }
  if (typeof key !== "string") return machine.fail(`'${typeName(target)}' object does not support item assignment`);
  const base = target;
  const before = peekEntriesOf(base)?.get(key);
  const value = replaceAt(machine, before?.value, rest, entry);
  const made: Entry = { value, operator: ":", place: entry.place };
  const winner = rest.length === 0 ? "added" : "both";
  const changed = before === undefined ? made : remember(machine, made, before, made, winner);
  if (base instanceof KclDict) return withEntry(machine, base, key, changed);
  if (base instanceof KclInstance) return withAttribute(machine, base, key, changed);
  return machine.fail(
    `failed to update the dict. An iterable of key-value pairs was expected, but got ${typeName(target)}. Check if the syntax for updating the dictionary with the attribute '${key}' is correct`,
  );
}
