/**
 * How large a value is when it is written out. Values are shared, so a few lines can make one that is exponentially larger as text than
 * in memory (`b = [a, a]`, `c = [b, b]`, …). Each list, dict and instance knows its extent from those of its parts, and one beyond
 * `largestValue` is refused when it is made: whatever walks over a value later has an end.
 */
import { LimitFailure } from "../diagnostics/failure.js";
import type { Entry, Value } from "./values.js";

export interface Extent {
  /** About the bytes of its text; parts that occur twice count twice. */
  readonly size: number;
  /** Lists, dicts and instances inside each other. */
  readonly height: number;
  /** Whether an instance of a schema is among its parts. */
  readonly instances: boolean;
}

/** The largest value that can be made, in bytes of text. */
export const largestValue = 256 * 1024 * 1024;

const scalarSize = 8;

export function listExtent(items: readonly Value[]): Extent {
  let size = 2;
  let height = 0;
  let instances = false;
  for (let index = 0; index < items.length; index++) {
    const item = items[index];
    size += sizeOf(item);
    height = Math.max(height, heightOf(item));
    instances ||= hasInstances(item);
  }
  return bounded({ size, height: height + 1, instances });
}

export function entriesExtent(entries: ReadonlyMap<string, Entry>, isInstance: boolean): Extent {
  let size = 2;
  let height = 0;
  let instances = isInstance;
  for (const [key, { value }] of entries) {
    size += key.length + sizeOf(value);
    height = Math.max(height, heightOf(value));
    instances ||= hasInstances(value);
  }
  return bounded({ size, height: height + 1, instances });
}

/** @throws LimitFailure */
export function bounded(extent: Extent): Extent {
  if (extent.size > largestValue) throw new LimitFailure(`the value would be larger than ${largestValue} bytes`);
  return extent;
}

/** About the bytes of a value as indented text. */
export function indentedSizeOf(value: Value): number {
  return sizeOf(value) * Math.max(1, heightOf(value) / 8);
}

export function hasInstances(value: Value): boolean {
  return typeof value === "object" && value !== null && "extent" in value && value.extent.instances;
}

export function sizeOf(value: Value): number {
  if (typeof value === "string") return value.length + 2;
  return typeof value === "object" && value !== null && "extent" in value ? value.extent.size + 2 : scalarSize;
}

export function heightOf(value: Value): number {
  return typeof value === "object" && value !== null && "extent" in value ? value.extent.height : 0;
}
