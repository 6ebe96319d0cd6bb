/** What a list keeps its items in; like `HeldEntries`: the list made by appending to another takes over its array. */
import type { Place } from "../diagnostics/place.js";
import type { Extent } from "./extent.js";
import { ExtentSum } from "./extent-sum.js";
import type { Machine } from "./machine.js";
import type { Value } from "./values.js";

type Places = (Place | undefined)[];

/** Items, and where each was written, as far as known. */
export interface ItemArrays {
  readonly items: readonly Value[];
  readonly places: readonly (Place | undefined)[] | undefined;
}

interface OwnArrays {
  readonly items: Value[];
  places: Places | undefined;
}

interface Undo {
  readonly index: number;
  readonly item: Value;
  readonly place: Place | undefined;
}

const nothing: Undo[] = [];

export class HeldItems {
  /** Who has taken over the arrays. */
  private newer: HeldItems | undefined;
  /** How many items there were then, and which of them were replaced since. */
  private length = 0;
  private undo: Undo[] = nothing;

  /** `growable`: nobody else holds the arrays, so a newer value may take them over. */
  constructor(
    private arrays: ItemArrays | undefined,
    private growable = false,
    private readonly machine?: Machine,
  ) {}

  /** The items, to be kept: they are not changed any more, so a newer value has to copy them. */
  shown(): ItemArrays {
    const arrays = this.now();
    this.growable = false;
    return arrays;
  }

  /** The items, to be looked at before anything else is evaluated. */
  now(): ItemArrays {
    return this.arrays ?? this.takeBack();
  }

  /** What the next value keeps its items in: the same ones so far, free to change. */
  succeed(machine: Machine): HeldItems {
    const arrays = this.now();
    if (!this.growable) return new HeldItems(copy(machine, arrays), true, machine);
    this.newer = new HeldItems(arrays, true, machine);
    this.length = arrays.items.length;
    this.arrays = undefined;
    this.undo = [];
    return this.newer;
  }

  /** Notes what a newer value is about to replace. */
  note(newer: HeldItems, index: number, item: Value, place: Place | undefined): void {
    if (this.newer === newer && index < this.length) this.undo.push({ index, item, place });
  }

  private takeBack(): ItemArrays {
    const path: HeldItems[] = [this];
    let at = this.newer!;
    for (; at.arrays === undefined; at = at.newer!) path.push(at);
    const arrays = copy(at.machine, at.arrays);
    for (const older of path.reverse()) revert(arrays, older.length, older.undo);
    this.arrays = arrays;
    this.newer = undefined;
    this.undo = nothing;
    this.growable = false;
    return arrays;
  }
}

function copy(machine: Machine | undefined, { items, places }: ItemArrays): OwnArrays {
  machine?.copied(items.length, 32);
  return { items: items.slice(), places: places?.slice() };
}

function revert({ items, places }: OwnArrays, length: number, undo: readonly Undo[]): void {
  items.length = length;
  if (places !== undefined) places.length = length;
  for (let index = undo.length - 1; index >= 0; index--) {
    const before = undo[index]!;
    items[before.index] = before.item;
    if (places !== undefined) places[before.index] = before.place;
  }
}

/** Items being appended to or replaced in what another list holds. */
export class ItemChange {
  readonly held: HeldItems;
  private readonly arrays: OwnArrays;
  private readonly extent: ExtentSum;

  constructor(
    private readonly machine: Machine,
    private readonly older: HeldItems,
    extent: Extent,
  ) {
    this.held = older.succeed(machine);
    this.arrays = this.held.now() as OwnArrays;
    this.extent = new ExtentSum(extent);
  }

  get(index: number): Value {
    return this.arrays.items[index];
  }

  placeOf(index: number): Place | undefined {
    return this.arrays.places?.[index];
  }

  append(item: Value, place: Place | undefined): void {
    const { items } = this.arrays;
    if (place !== undefined) this.places()[items.length] = place;
    else this.arrays.places?.push(undefined);
    items.push(item);
    this.extent.add(item, 0);
  }

  set(index: number, item: Value, place: Place | undefined): void {
    const { items } = this.arrays;
    const before = items[index];
    this.older.note(this.held, index, before, this.arrays.places?.[index]);
    this.extent.replace(before, item);
    items[index] = item;
    if (place !== undefined || this.arrays.places !== undefined) this.places()[index] = place;
  }

  private places(): Places {
    this.arrays.places ??= this.arrays.items.map(() => undefined);
    return this.arrays.places;
  }

  /** The extent of the changed items. */
  finish(): Extent {
    return this.extent.ofItems(this.machine, this.arrays.items);
  }
}
