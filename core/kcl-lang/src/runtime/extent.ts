/**
 * How large a value is when it is written out. Values are shared, so a few lines can make one that is exponentially larger as text than
 * in memory (`b = [a, a]`, `c = [b, b]`, …). Each list, dict and instance knows its extent from those of its parts, and one beyond
 * `largestValue` is refused when it is made: whatever walks over a value later has an end.
 */
import { EvaluationFailure } from "../diagnostics/failure.js";
import type { Entry, Value } from "./values.js";

export interface Extent {
  /** About the bytes of its text; parts that occur twice count twice. */
  readonly size: number;
  /** Lists, dicts and instances inside each other. */
  readonly height: number;
}

/** The largest value that can be made, in bytes of text. */
export const largestValue = 256 * 1024 * 1024;

const scalarSize = 8;

export function listExtent(items: readonly Value[]): Extent {
  let size = 2;
  let height = 0;
  for (let index = 0; index < items.length; index++) {
    const item = items[index];
    size += sizeOf(item);
    height = Math.max(height, heightOf(item));
  }
  return bounded(size, height + 1);
}

export function entriesExtent(entries: ReadonlyMap<string, Entry>): Extent {
  let size = 2;
  let height = 0;
  for (const [key, { value }] of entries) {
    size += key.length + sizeOf(value);
    height = Math.max(height, heightOf(value));
  }
  return bounded(size, height + 1);
}

/** @throws EvaluationFailure */
function bounded(size: number, height: number): Extent {
  if (size > largestValue) throw new EvaluationFailure(`the value would be larger than ${largestValue} bytes`);
  return { size, height };
}

export function sizeOf(value: Value): number {
  if (typeof value === "string") return value.length + 2;
  return typeof value === "object" && value !== null && "extent" in value ? value.extent.size + 2 : scalarSize;
}

export function heightOf(value: Value): number {
  return typeof value === "object" && value !== null && "extent" in value ? value.extent.height : 0;
}
