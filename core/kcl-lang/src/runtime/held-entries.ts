/**
 * What a dict or an instance keeps its entries in. Values never change, but the value that is made from another by adding or replacing
 * entries takes over its map, so that n additions one after the other cost n and not n². The older value keeps what to take back;
 * it copies only when somebody asks it again, and pays for that.
 */
import type { Extent } from "./extent.js";
import { ExtentSum } from "./extent-sum.js";
import type { Machine } from "./machine.js";
import type { Entry } from "./values.js";

/** What stood under a key before; undefined: nothing. */
type Undo = readonly [key: string, before: Entry | undefined];

const nothing: Undo[] = [];

export class HeldEntries {
  /** Who has taken over the map. */
  private newer: HeldEntries | undefined;
  private undo: Undo[] = nothing;

  /** `growable`: nobody else holds the map, so a newer value may take it over. */
  constructor(
    private map: ReadonlyMap<string, Entry> | undefined,
    private growable = false,
    private readonly machine?: Machine,
  ) {}

  /** The entries, to be kept: they are not changed any more, so a newer value has to copy them. */
  shown(): ReadonlyMap<string, Entry> {
    const map = this.now();
    this.growable = false;
    return map;
  }

  /** The entries, to be looked at before anything else is evaluated. */
  now(): ReadonlyMap<string, Entry> {
    return this.map ?? this.takeBack();
  }

  /** What the next value keeps its entries in: the same ones so far, free to change. */
  succeed(machine: Machine): HeldEntries {
    const map = this.now();
    if (!this.growable) return new HeldEntries(copy(machine, map), true, machine);
    this.newer = new HeldEntries(map, true, machine);
    this.map = undefined;
    this.undo = [];
    return this.newer;
  }

  /** Notes what a newer value is about to replace. */
  note(newer: HeldEntries, key: string, before: Entry | undefined): void {
    if (this.newer === newer) this.undo.push([key, before]);
  }

  /** Has the map back from the newer value, which goes on with a copy: order could not be taken back after a removal. */
  part(newer: HeldEntries, machine: Machine): void {
    if (this.newer !== newer) return;
    const map = newer.map as Map<string, Entry>;
    newer.map = copy(machine, map);
    revert(map, this.undo);
    this.map = map;
    this.newer = undefined;
    this.undo = nothing;
  }

  private takeBack(): ReadonlyMap<string, Entry> {
    const path: HeldEntries[] = [this];
    let at = this.newer!;
    for (; at.map === undefined; at = at.newer!) path.push(at);
    const map = copy(at.machine, at.map);
    for (const older of path.reverse()) revert(map, older.undo);
    this.map = map;
    this.newer = undefined;
    this.undo = nothing;
    this.growable = false;
    return map;
  }
}

function copy(machine: Machine | undefined, map: ReadonlyMap<string, Entry>): Map<string, Entry> {
  machine?.copied(map.size, 96);
  return new Map(map);
}

function revert(map: Map<string, Entry>, undo: readonly Undo[]): void {
  for (let index = undo.length - 1; index >= 0; index--) {
    const [key, before] = undo[index]!;
    if (before === undefined) map.delete(key);
    else map.set(key, before);
  }
}

/** Entries being added to what another value holds. */
export class EntryChange {
  readonly held: HeldEntries;
  private readonly extent: ExtentSum;

  constructor(
    private readonly machine: Machine,
    private readonly older: HeldEntries,
    extent: Extent,
  ) {
    this.held = older.succeed(machine);
    this.extent = new ExtentSum(extent);
  }

  private get map(): Map<string, Entry> {
    return this.held.now() as Map<string, Entry>;
  }

  get(key: string): Entry | undefined {
    return this.map.get(key);
  }

  set(key: string, entry: Entry): void {
    const { map } = this;
    const before = map.get(key);
    this.older.note(this.held, key, before);
    if (before === undefined) this.extent.add(entry.value, key.length);
    else this.extent.replace(before.value, entry.value);
    map.set(key, entry);
  }

  delete(key: string): void {
    const before = this.get(key);
    if (before === undefined) return;
    this.older.part(this.held, this.machine);
    this.extent.remove(before.value, key.length);
    this.map.delete(key);
  }

  /** The extent of the changed entries. */
  finish(isInstance: boolean): Extent {
    return this.extent.ofEntries(this.machine, this.map, isInstance);
  }
}
