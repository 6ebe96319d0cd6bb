/**
 * Merging of values, the heart of the language. An entry of a dict knows its operator: `:` merges, `=` replaces, `+=` inserts into a
 * list. In dict literals, unpacking and `|`, values that contradict each other under `:` are a conflict; where a configuration is
 * applied to a schema the configuration wins.
 */
import { EvaluationFailure } from "../diagnostics/failure.js";
import { remember, winnerOf } from "./history.js";
import { equals, isNothing, typeName } from "./inspect.js";
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
  if (!lists && !(isKeyed(left) && isKeyed(right)))
    return machine.fail(`unsupported operand type(s) for |: '${typeName(left)}' and '${typeName(right)}'`);
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
export function addEntry(machine: Machine, map: Entries, key: string, entry: Entry): void {
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
  const { items, places } = delta.held.shown();
  machine.work(items.length);
  machine.allocate(64 + 32 * items.length);
  const { length } = base;
  const change = base.change(machine);
  for (let index = 0; index < items.length; index++) {
    const item = items[index];
    const place = isNothing(item) ? undefined : places?.[index];
    if (index >= length) change.append(item, place);
    else if (!isNothing(item) || isNothing(change.get(index)))
      change.set(index, mergeValues(machine, change.get(index), item, mode), isNothing(item) ? change.placeOf(index) : place);
  }
  return new KclList(change);
}

function mergeDicts(machine: Machine, base: KclDict, delta: KclDict, mode: MergeMode): KclDict {
  const { entries } = delta;
  machine.work(entries.size);
  machine.allocate(64 + 96 * entries.size);
  const change = base.change(machine);
  for (const [key, entry] of entries) mergeEntry(machine, change, key, entry, mode);
  return new KclDict(change);
}

/** Entries being merged: of a literal under construction or of a dict that changes. */
type Entries = Pick<Map<string, Entry>, "get"> & { set(key: string, entry: Entry): unknown; delete(key: string): unknown };

function mergeEntry(machine: Machine, map: Entries, key: string, entry: Entry, mode: MergeMode): void {
  const old = map.get(key);
  if (entry.operator === "+=") return insertEntry(machine, map, key, old, entry);
  if (entry.index !== undefined) return mergeAtIndex(machine, map, key, old, entry, entry.index, mode);
  if (old === undefined) {
    map.set(key, entry);
    return;
  }
  if (entry.operator === "=") {
    if (entry.value === undefined) map.delete(key);
    else map.set(key, remember(machine, entry, old, entry, "added"));
    return;
  }
  const inner = { checkConflicts: mode.checkConflicts, path: [...mode.path, key] };
  if (mode.checkConflicts && !fits(old.value, entry.value)) conflict(machine, inner.path, old.value, entry.value);
  const value = mergeValues(machine, old.value, entry.value, inner);
  const merged = { ...old, value, place: isNothing(entry.value) ? old.place : (entry.place ?? old.place) };
  map.set(key, remember(machine, merged, old, entry, winnerOf(old.value, entry)));
}

function insertEntry(machine: Machine, map: Entries, key: string, old: Entry | undefined, entry: Entry): void {
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
  const value =
    entry.index === undefined ? joinLists(machine, base, entry.value) : insertAt(machine, base, entry.value, entry.index);
  map.set(key, remember(machine, { ...old, value, place: old.place ?? entry.place }, old, entry, "both"));
}

function insertAt(machine: Machine, base: KclList, added: KclList, index: number): KclList {
  const { items, places } = base.held.now();
  const at = index < 0 ? index + items.length : index;
  if (at < 0 || at > items.length) machine.fail(`insertion index (is ${index}) should be <= len (is ${items.length})`);
  machine.copied(items.length, 32);
  const head = new KclList(items.slice(0, at), places?.slice(0, at));
  const tail = new KclList(items.slice(at), places?.slice(at));
  return joinLists(machine, joinLists(machine, head, added), tail);
}

function mergeAtIndex(
  machine: Machine,
  map: Entries,
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
  const { length } = list;
  const at = index < 0 ? index + length : index;
  if (at < 0 || at >= length) machine.fail(`index out of bounds: the len is ${length} but the index is ${index}`);
  map.set(key, remember(machine, { ...old, value: changeItem(machine, list, at, key, entry, mode) }, old, entry, "both"));
}

function changeItem(machine: Machine, list: KclList, at: number, key: string, entry: Entry, mode: MergeMode): KclList {
  if (entry.operator === "=" && entry.value === undefined) return withoutItem(machine, list, at);
  const before = list.peekItems()[at];
  const inner = { ...mode, path: [...mode.path, key] };
  if (entry.operator === ":" && mode.checkConflicts && !fits(before, entry.value))
    conflict(machine, inner.path, before, entry.value);
  const item = entry.operator === "=" ? entry.value : mergeValues(machine, before, entry.value, inner);
  machine.allocate(64);
  const change = list.change(machine);
  change.set(at, item, entry.place);
  return new KclList(change);
}

function withoutItem(machine: Machine, list: KclList, at: number): KclList {
  const { items, places } = list.held.now();
  machine.copied(items.length, 32);
  return new KclList(items.toSpliced(at, 1), places?.toSpliced(at, 1));
}

/** Whether `delta` does not contradict `base`. Two dicts are decided key by key when they are merged. */
function fits(base: Value, delta: Value): boolean {
  if (isNothing(base) || isNothing(delta)) return true;
  if (base instanceof KclList && delta instanceof KclList) {
    const others = delta.peekItems();
    return base.length === others.length && base.peekItems().every((item, index) => fits(item, others[index]));
  }
  const keyed = isKeyed(base);
  if (keyed || isKeyed(delta)) return keyed && isKeyed(delta);
  return equals(base, delta);
}

function isKeyed(value: Value): boolean {
  return value instanceof KclDict || value instanceof KclInstance;
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
  if (isKeyed(value)) return "{...}";
  if (typeof value === "string") return JSON.stringify(value);
  if (value === null) return "null";
  return typeof value === "boolean" ? String(value) : display(value);
}
