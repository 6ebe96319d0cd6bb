/** What a run shows: the globals of the main package, merged with the values of expression statements. */
import type { Place } from "../diagnostics/place.js";
import { heightOf, indentedSizeOf, sizeOf } from "../runtime/extent.js";
import type { Machine } from "../runtime/machine.js";
import { mergeChecked } from "../runtime/merge.js";
import { entriesOf } from "../runtime/inspect.js";
import type { LoadedPackage } from "../runtime/package.js";
import { type Entry, KclDict, KclInstance, KclList, KclMultiplier, type Value } from "../runtime/values.js";
import { isHidden } from "./yaml-writer.js";

export interface PlanOptions {
  readonly showHidden?: boolean;
  readonly disableNone?: boolean;
  readonly sortKeys?: boolean;
}

/** The result as a value of lists, dicts and scalars; `names` gives the globals in their order. */
export function planPackage(machine: Machine, loaded: LoadedPackage, names: readonly string[], options: PlanOptions): Value {
  const entries = new Map<string, Entry>();
  for (const name of names) {
    const value = loaded.scope.read(machine, name);
    if (isHidden(value) || (name.startsWith("_") && !options.showHidden)) continue;
    entries.set(name, { value, operator: ":", place: loaded.places.get(name) });
  }
  let output: Value;
  for (const { value, place } of loaded.outputs) {
    if (value === undefined || isHidden(value)) continue;
    machine.place = place;
    output = value instanceof KclInstance && output instanceof KclInstance ? value : mergeChecked(machine, output, value);
  }
  requireBounded(machine, [...entries.values(), ...loaded.outputs]);
  const result = combine(machine, entries, output);
  return planValue(result, options);
}

/** Refuses a result that would be too large or too deep to write, at the part that makes it so. */
function requireBounded(machine: Machine, parts: readonly { readonly value: Value; readonly place?: Place | undefined }[]): void {
  const { outputBytes, nesting } = machine.settings.limits;
  let total = 0;
  for (const { value, place } of parts) {
    machine.place = place ?? machine.place;
    total += indentedSizeOf(value);
    machine.allocate(8 * sizeOf(value));
    if (total > outputBytes) machine.exceed(`the limit of ${outputBytes} bytes for the result was reached`);
    if (heightOf(value) > nesting) machine.exceed(`the limit of ${nesting} for lists and dicts inside each other was reached`);
  }
}

function combine(machine: Machine, entries: Map<string, Entry>, output: Value): Value {
  const variables = new KclDict(entries);
  if (output === undefined) return variables;
  if (entries.size === 0) return output;
  const keyed = entriesOf(output);
  return keyed === undefined ? variables : mergeChecked(machine, new KclDict(new Map(keyed)), variables);
}

/** Without hidden names, functions and Undefined; instances become dicts. */
function planValue(value: Value, options: PlanOptions): Value {
  if (value instanceof KclMultiplier) return value.value;
  if (value instanceof KclList) return planList(value, options);
  const entries = entriesOf(value);
  if (entries === undefined) return value;
  const planned = new Map<string, Entry>();
  const keys = options.sortKeys ? [...entries.keys()].sort() : entries.keys();
  for (const key of keys) {
    const entry = entries.get(key)!;
    if (isHidden(entry.value) || (options.disableNone && entry.value === null)) continue;
    if (key.startsWith("_") && !options.showHidden) continue;
    planned.set(key, { ...entry, value: planValue(entry.value, options) });
  }
  return new KclDict(planned);
}

function planList(value: KclList, options: PlanOptions): KclList {
  const items: Value[] = [];
  const places: (Place | undefined)[] = [];
  for (const [index, item] of value.items.entries()) {
    if (isHidden(item) && item !== undefined) continue;
    if (options.disableNone && (item === null || item === undefined)) continue;
    items.push(planValue(item ?? null, options));
    places.push(value.places?.[index]);
  }
  return new KclList(items, places);
}

/** Where each part of a planned value was written: `servers[0].plan` to place. Parts without a place of their own have their parent's. */
export function collectSources(value: Value): Map<string, Place> {
  const sources = new Map<string, Place>();
  const visit = (part: Value, path: string, place: Place | undefined): void => {
    if (path !== "" && place !== undefined) sources.set(path, place);
    if (part instanceof KclList)
      part.items.forEach((item, index) => visit(item, `${path}[${index}]`, part.places?.[index] ?? place));
    else if (part instanceof KclDict)
      for (const [key, entry] of part.entries) visit(entry.value, path === "" ? key : `${path}.${key}`, entry.place ?? place);
  };
  visit(value, "", undefined);
  return sources;
}
