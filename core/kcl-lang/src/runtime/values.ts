/**
 * Values of a running program. Integers are bigints, floats numbers, None is null and Undefined undefined. Lists, dicts and
 * instances never change, so sharing them is safe and assignment copies nothing. The storage of their parts may pass on to a value that
 * is made from them (`held-entries.ts`): what `items`, `entries` and `attributes` give may be kept, what `peek…` gives is only to be
 * looked at before anything else is evaluated.
 */
import type { Place } from "../diagnostics/place.js";
import type { ConfigOperator } from "../syntax/ast.js";
import type { Type } from "../semantics/types.js";
import { entriesExtent, type Extent, listExtent } from "./extent.js";
import { EntryChange, HeldEntries } from "./held-entries.js";
import { HeldItems, ItemChange } from "./held-items.js";
import type { Default, Past } from "./history.js";
import type { Machine } from "./machine.js";
import type { SchemaClass } from "./schema-class.js";

export type Value =
  | null
  | undefined
  | boolean
  | bigint
  | number
  | string
  | KclMultiplier
  | KclList
  | KclDict
  | KclInstance
  | KclFunction
  | SchemaClass
  | KclModule;

/** An integer with a unit, such as `1Ki`. */
export class KclMultiplier {
  constructor(
    readonly raw: bigint,
    readonly unit: string,
    readonly value: number,
  ) {}
}

export class KclList {
  readonly extent: Extent;
  readonly held: HeldItems;

  /** `places`: where each item was written, as far as known. */
  constructor(items: readonly Value[] | ItemChange, places?: readonly (Place | undefined)[]) {
    if (items instanceof ItemChange) {
      this.held = items.held;
      this.extent = items.finish();
    } else {
      this.held = new HeldItems({ items, places });
      this.extent = listExtent(items);
    }
  }

  get items(): readonly Value[] {
    return this.held.shown().items;
  }

  get places(): readonly (Place | undefined)[] | undefined {
    return this.held.shown().places;
  }

  get length(): number {
    return this.peekItems().length;
  }

  peekItems(): readonly Value[] {
    return this.held.now().items;
  }

  /** A list that begins with these items; it is complete when it is made of the change. */
  change(machine: Machine): ItemChange {
    return new ItemChange(machine, this.held, this.extent);
  }
}

/** A value under a key with what merging needs to know. */
export interface Entry {
  readonly value: Value;
  readonly operator: ConfigOperator;
  /** List position for `key[i]`. */
  readonly index?: number | undefined;
  readonly place?: Place | undefined;
  /** Only in a run that remembers (`history.ts`). */
  readonly past?: Past | undefined;
  /** Only there too, of what a schema says by itself. */
  readonly said?: Default | undefined;
}

export class KclDict {
  readonly extent: Extent;
  readonly held: HeldEntries;

  /** The entries are complete: they are not changed any more. */
  constructor(entries: ReadonlyMap<string, Entry> | EntryChange = new Map()) {
    if (entries instanceof EntryChange) {
      this.held = entries.held;
      this.extent = entries.finish(false);
    } else {
      this.held = new HeldEntries(entries);
      this.extent = entriesExtent(entries, false);
    }
  }

  get entries(): ReadonlyMap<string, Entry> {
    return this.held.shown();
  }

  peekEntries(): ReadonlyMap<string, Entry> {
    return this.held.now();
  }

  get(key: string): Value {
    return this.peekEntries().get(key)?.value;
  }

  /** A dict that begins with these entries; it is complete when it is made of the change. */
  change(machine: Machine): EntryChange {
    return new EntryChange(machine, this.held, this.extent);
  }
}

/** The arguments of a schema or a call. */
export interface Arguments {
  readonly positional: readonly Value[];
  readonly named: ReadonlyMap<string, Value>;
}

export const noArguments: Arguments = { positional: [], named: new Map() };

/** An instance of a schema. */
export class KclInstance {
  readonly extent: Extent;
  readonly held: HeldEntries;

  constructor(
    readonly schema: SchemaClass,
    attributes: ReadonlyMap<string, Entry> | EntryChange,
    /** What it was built with; merging starts from it. */
    readonly config: KclDict,
    readonly args: Arguments,
    /** Where its schema expression stands; unknown for converted dicts. */
    readonly place: Place | undefined,
  ) {
    if (attributes instanceof EntryChange) {
      this.held = attributes.held;
      this.extent = attributes.finish(true);
    } else {
      this.held = new HeldEntries(attributes);
      this.extent = entriesExtent(attributes, true);
    }
  }

  get attributes(): ReadonlyMap<string, Entry> {
    return this.held.shown();
  }

  peekEntries(): ReadonlyMap<string, Entry> {
    return this.held.now();
  }

  get(key: string): Value {
    return this.peekEntries().get(key)?.value;
  }

  /** An instance that begins with these attributes; it is complete when it is made of the change. */
  change(machine: Machine): EntryChange {
    return new EntryChange(machine, this.held, this.extent);
  }
}

export class KclFunction {
  constructor(
    readonly name: string,
    readonly call: (machine: Machine, args: Arguments) => Value,
    /** The types of the parameters, where known. */
    readonly parameters?: readonly Type[],
  ) {}
}

/** A package or system module as a value. */
export class KclModule {
  constructor(
    readonly path: string,
    readonly get: (machine: Machine, name: string) => Value,
    readonly has: (name: string) => boolean,
  ) {}
}

export function dictFrom(entries: Iterable<readonly [string, Value]>): KclDict {
  const map = new Map<string, Entry>();
  for (const [key, value] of entries) map.set(key, { value, operator: ":" });
  return new KclDict(map);
}

const multipliers: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  K: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
};

export function unitFactor(unit: string): number | undefined {
  return multipliers[unit];
}

export function multiplier(raw: bigint, unit: string): KclMultiplier {
  const factor = multipliers[unit] ?? 1;
  return new KclMultiplier(raw, unit, factor < 1 ? Number(raw) / Math.round(1 / factor) : Number(raw) * factor);
}
