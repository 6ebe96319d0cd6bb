/**
 * Merging of values, the heart of the language. An entry of a dict knows its operator: `:` merges, `=` replaces, `+=` inserts into a
 * list. In dict literals, unpacking and `|`, values that contradict each other under `:` are a conflict; where a configuration is
 * applied to a schema the configuration wins.
 */
import { EvaluationFailure } from "../diagnostics/failure.js";
import { entriesOf, equals, isNothing, typeName } from "./inspect.js";
import type { Machine } from "./machine.js";
import { joinLists } from "./operators.js";
import { display } from "./text.js";
import { type Entry, KclDict, KclInstance, KclList, type Value } from "./values.js";

interface MergeMode {
  readonly checkConflicts: boolean;
  readonly path: readonly string[];
}

const unchecked: MergeMode = { checkConflicts: false, path: [] };
const checked: MergeMode = { checkConflicts: true, path: [] };

/** `left | right` on anything but two integers. */
export function union(machine: Machine, left: Value, right: Value): Value {
  if (isNothing(left)) return right;
  if (isNothing(right)) return left;
  const lists = left instanceof KclList && right instanceof KclList;
  const keyed = entriesOf(left) !== undefined && entriesOf(right) !== undefined;
  if (!lists && !keyed) return machine.fail(`unsupported operand type(s) for |: '${typeName(left)}' and '${typeName(right)}'`);
  return mergeValues(machine, left, right, checked);
}

/** Applies a configuration's entry to what a schema's body has set. */
export function applyEntry(machine: Machine, base: Value, entry: Entry): Entry {
  const map = new Map<string, Entry>([["", { value: base, operator: ":" }]]);
  if (isNothing(base) && (entry.operator !== "+=" || entry.index === undefined) && entry.index === undefined) return entry;
  mergeEntry(machine, map, "", entry, unchecked);
  return map.get("") ?? { value: undefined, operator: "=" };
}

/** Merges scalar output into the result; unequal scalars conflict. */
export function mergeChecked(machine: Machine, base: Value, delta: Value): Value {
  if (isNothing(base)) return delta;
  if (!fits(base, delta)) machine.fail(`conflicting values between ${conflictText(delta)} and ${conflictText(base)}`);
  return mergeValues(machine, base, delta, checked);
}

/** Adds an entry to a dict under construction. */
export function addEntry(machine: Machine, map: Map<string, Entry>, key: string, entry: Entry): void {
  mergeEntry(machine, map, key, entry, checked);
}

function mergeValues(machine: Machine, base: Value, delta: Value, mode: MergeMode): Value {
  if (isNothing(base)) return delta;
  if (isNothing(delta)) return base;
  if (base instanceof KclList && delta instanceof KclList) return mergeLists(machine, base, delta, mode);
  if (base instanceof KclInstance) {
    if (delta instanceof KclInstance) return mergeInstances(machine, base, delta, mode);
    if (delta instanceof KclDict) return base.schema.rebuild(machine, base, mergeDicts(machine, base.config, delta, mode));
  }
  if (base instanceof KclDict) {
    if (delta instanceof KclDict) return mergeDicts(machine, base, delta, mode);
    if (delta instanceof KclInstance) return delta.schema.rebuild(machine, delta, mergeDicts(machine, base, delta.config, mode));
  }
  return delta;
}

function mergeInstances(machine: Machine, base: KclInstance, delta: KclInstance, mode: MergeMode): Value {
  const config = mergeDicts(machine, base.config, delta.config, mode);
  const narrower = delta.schema.descendsFrom(base.schema) ? delta : base;
  const args = delta.schema === base.schema ? delta.args : narrower.args;
  return narrower.schema.rebuild(machine, { args, place: narrower.place }, config);
}

function mergeLists(machine: Machine, base: KclList, delta: KclList, mode: MergeMode): KclList {
  const length = Math.max(base.items.length, delta.items.length);
  const items: Value[] = [];
  const places = [];
  for (let index = 0; index < length; index++) {
    const fromDelta = index < delta.items.length;
    items.push(
      fromDelta && index < base.items.length
        ? mergeValues(machine, base.items[index], delta.items[index], mode)
        : fromDelta
          ? delta.items[index]
          : base.items[index],
    );
    places.push(fromDelta && !isNothing(delta.items[index]) ? delta.places?.[index] : base.places?.[index]);
  }
  return machine.keep(new KclList(items, places));
}

function mergeDicts(machine: Machine, base: KclDict, delta: KclDict, mode: MergeMode): KclDict {
  machine.work(base.entries.size + delta.entries.size);
  machine.keep(base);
  const map = new Map(base.entries);
  for (const [key, entry] of delta.entries) mergeEntry(machine, map, key, entry, mode);
  return new KclDict(map);
}

function mergeEntry(machine: Machine, map: Map<string, Entry>, key: string, entry: Entry, mode: MergeMode): void {
  const old = map.get(key);
  if (entry.operator === "+=") return insertEntry(machine, map, key, old, entry);
  if (entry.index !== undefined) return mergeAtIndex(machine, map, key, old, entry, entry.index, mode);
  if (old === undefined) {
    map.set(key, entry);
    return;
  }
  if (entry.operator === "=") {
    if (entry.value === undefined) map.delete(key);
    else map.set(key, entry);
    return;
  }
  const inner = { checkConflicts: mode.checkConflicts, path: [...mode.path, key] };
  if (mode.checkConflicts && !fits(old.value, entry.value)) conflict(machine, inner.path, old.value, entry.value);
  const value = mergeValues(machine, old.value, entry.value, inner);
  map.set(key, { ...old, value, place: isNothing(entry.value) ? old.place : (entry.place ?? old.place) });
}

function insertEntry(machine: Machine, map: Map<string, Entry>, key: string, old: Entry | undefined, entry: Entry): void {
  if (old === undefined) {
    map.set(key, entry);
    return;
  }
  if (isNothing(entry.value)) return;
  const base = isNothing(old.value) ? new KclList([]) : old.value;
  if (!(base instanceof KclList) || !(entry.value instanceof KclList)) {
    return machine.fail(
      `only list attribute can be inserted value, got ${typeName(base instanceof KclList ? entry.value : base)}`,
    );
  }
  const value = machine.keep(
    entry.index === undefined ? joinLists(base, entry.value) : insertAt(machine, base, entry.value, entry.index),
  );
  map.set(key, { ...old, value, place: old.place ?? entry.place });
}

function insertAt(machine: Machine, base: KclList, added: KclList, index: number): KclList {
  const at = index < 0 ? index + base.items.length : index;
  if (at < 0 || at > base.items.length) machine.fail(`insertion index (is ${index}) should be <= len (is ${base.items.length})`);
  const head = new KclList(base.items.slice(0, at), base.places?.slice(0, at));
  const tail = new KclList(base.items.slice(at), base.places?.slice(at));
  return joinLists(joinLists(head, added), tail);
}

function mergeAtIndex(
  machine: Machine,
  map: Map<string, Entry>,
  key: string,
  old: Entry | undefined,
  entry: Entry,
  index: number,
  mode: MergeMode,
): void {
  const list = old?.value;
  const verb = entry.operator === "=" ? "override" : "unify";
  if (old === undefined || !(list instanceof KclList))
    return machine.fail(`only list attribute can be ${verb} value with the index ${index}`);
  const at = index < 0 ? index + list.items.length : index;
  if (at < 0 || at >= list.items.length)
    machine.fail(`index out of bounds: the len is ${list.items.length} but the index is ${index}`);
  machine.keep(list);
  const items = [...list.items];
  const places = [...(list.places ?? list.items.map(() => undefined))];
  if (entry.operator === "=" && entry.value === undefined) {
    items.splice(at, 1);
    places.splice(at, 1);
  } else {
    const inner = { ...mode, path: [...mode.path, key] };
    if (entry.operator === ":" && mode.checkConflicts && !fits(items[at], entry.value))
      conflict(machine, inner.path, items[at], entry.value);
    items[at] = entry.operator === "=" ? entry.value : mergeValues(machine, items[at], entry.value, inner);
    places[at] = entry.place;
  }
  map.set(key, { ...old, value: new KclList(items, places) });
}

/** Whether `delta` does not contradict `base`. Two dicts are decided key by key when they are merged. */
function fits(base: Value, delta: Value): boolean {
  if (isNothing(base) || isNothing(delta)) return true;
  if (base instanceof KclList && delta instanceof KclList) {
    return base.items.length === delta.items.length && base.items.every((item, index) => fits(item, delta.items[index]));
  }
  const keyed = entriesOf(base) !== undefined;
  if (keyed || entriesOf(delta) !== undefined) return keyed && entriesOf(delta) !== undefined;
  return equals(base, delta);
}

function conflict(machine: Machine, path: readonly string[], base: Value, delta: Value): never {
  const name = path.at(-1) ?? "";
  const unionPath = path.length > 1 ? `\nwith union path :\n    ${path.join(".")}` : "";
  throw new EvaluationFailure(
    `conflicting values on the attribute '${name}' between :\n    ${conflictText(base)}\nand\n    ${conflictText(delta)}${unionPath}\n` +
      `try operator '=' to override the attribute, like:\n    {...} | {\n            ...\n            ${name} = ${conflictText(delta)}\n            ...\n    }`,
    machine.place,
  );
}

function conflictText(value: Value): string {
  if (value instanceof KclList) return "[...]";
  if (entriesOf(value) !== undefined) return "{...}";
  if (typeof value === "string") return JSON.stringify(value);
  if (value === null) return "null";
  return typeof value === "boolean" ? String(value) : display(value);
}
