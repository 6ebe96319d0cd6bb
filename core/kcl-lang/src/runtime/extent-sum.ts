/** The extent of a value that is made from another by changing some parts, without looking at the others again. */
import { bounded, entriesExtent, type Extent, hasInstances, heightOf, listExtent, sizeOf } from "./extent.js";
import type { Machine } from "./machine.js";
import type { Entry, Value } from "./values.js";

export class ExtentSum {
  private size: number;
  private height: number;
  private instances: boolean;
  /** A part that may have been the highest or the only instance is gone: only all parts together tell the rest. */
  private shrunk = false;

  constructor(extent: Extent) {
    ({ size: this.size, height: this.height, instances: this.instances } = extent);
  }

  /** A part that was not there before; `more` is the length of its key. */
  add(value: Value, more: number): void {
    this.size += more + sizeOf(value);
    this.height = Math.max(this.height, heightOf(value) + 1);
    this.instances ||= hasInstances(value);
  }

  remove(value: Value, more: number): void {
    this.size -= more + sizeOf(value);
    this.shrunk ||= heightOf(value) + 1 >= this.height || hasInstances(value);
  }

  replace(before: Value, after: Value): void {
    this.size += sizeOf(after) - sizeOf(before);
    this.height = Math.max(this.height, heightOf(after) + 1);
    this.instances ||= hasInstances(after);
    const lower = heightOf(after) < heightOf(before) && heightOf(before) + 1 >= this.height;
    this.shrunk ||= lower || (hasInstances(before) && !hasInstances(after));
  }

  /** @throws LimitFailure when the value is too large */
  ofEntries(machine: Machine, entries: ReadonlyMap<string, Entry>, isInstance: boolean): Extent {
    if (!this.shrunk) return this.result(isInstance);
    machine.work(entries.size);
    return entriesExtent(entries, isInstance);
  }

  /** @throws LimitFailure when the value is too large */
  ofItems(machine: Machine, items: readonly Value[]): Extent {
    if (!this.shrunk) return this.result(false);
    machine.work(items.length);
    return listExtent(items);
  }

  private result(isInstance: boolean): Extent {
    return bounded({ size: this.size, height: this.height, instances: this.instances || isInstance });
  }
}
