/** What somebody typed, as the values that it can mean: only a schema can tell which. Pure. */

import { fromText } from "@provisioning/config";
import type { Json } from "@provisioning/model";

/**
 * The likeliest first: as JSON, as it stands, as one of the words for true and false, as a list with commas, as names with values.
 * `isText`: a text is wanted, so it is that before it is JSON.
 */
export function meaningsOf(written: string, isText: boolean): readonly Json[] {
  const parsed = jsonIn(written);
  const literal = parsed === undefined || parsed === null ? [] : [parsed];
  const list = fromText({ kind: "list" }, written) as readonly string[];
  const pairs = fromText({ kind: "map" }, written) as Readonly<Record<string, string>> | string;
  const word = fromText({ kind: "boolean" }, written) as Json;
  return [
    ...(isText ? [written, ...literal] : [...literal, written]),
    ...(typeof word === "boolean" ? [word] : []),
    list.map(scalarOf),
    list,
    ...(typeof pairs === "string"
      ? []
      : [Object.fromEntries(Object.entries(pairs).map(([name, value]) => [name, scalarOf(value)])), pairs]),
  ];
}

function jsonIn(written: string): Json | undefined {
  try {
    return JSON.parse(written) as Json;
  } catch {
    return undefined;
  }
}

function scalarOf(written: string): Json {
  const value = jsonIn(written);
  return typeof value === "number" || typeof value === "boolean" ? value : written;
}
