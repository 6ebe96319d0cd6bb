/**
 * Values of a running program. Integers are bigints, floats numbers, None is null and Undefined undefined. Lists, dicts and
 * instances are never changed once another part of the program can see them, so sharing them is safe and assignment copies nothing.
 */
import type { Place } from "../diagnostics/place.js";
import type { ConfigOperator } from "../syntax/ast.js";
import type { Type } from "../semantics/types.js";
import { entriesExtent, type Extent, listExtent } from "./extent.js";
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

  constructor(
    readonly items: readonly Value[],
    /** Where each item was written, as far as known. */
    readonly places?: readonly (Place | undefined)[],
  ) {
    this.extent = listExtent(items);
  }
}

/** A value under a key with what merging needs to know. */
export interface Entry {
  readonly value: Value;
  readonly operator: ConfigOperator;
  /** List position for `key[i]`. */
  readonly index?: number | undefined;
  readonly place?: Place | undefined;
}

export class KclDict {
  readonly extent: Extent;

  /** The entries are complete: they are not changed any more. */
  constructor(readonly entries: ReadonlyMap<string, Entry> = new Map()) {
    this.extent = entriesExtent(entries, false);
  }

  get(key: string): Value {
    return this.entries.get(key)?.value;
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

  constructor(
    readonly schema: SchemaClass,
    readonly attributes: ReadonlyMap<string, Entry>,
    /** What it was built with; merging starts from it. */
    readonly config: KclDict,
    readonly args: Arguments,
    /** Where its schema expression stands; unknown for converted dicts. */
    readonly place: Place | undefined,
  ) {
    this.extent = entriesExtent(attributes, true);
  }

  get(key: string): Value {
    return this.attributes.get(key)?.value;
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
