/**
 * What a value was before something else won over it, for those who ask why it is as it is. A run remembers this only when it is told
 * to (`history`): every merge then keeps both its sides, in constant time and memory, and nobody reads them before the run has ended.
 */
import type { Place } from "../diagnostics/place.js";
import { toJavaScript, type JsonValue } from "./json-value.js";
import { entriesOf, isNothing } from "./inspect.js";
import type { Machine } from "./machine.js";
import { KclDict, type Entry, KclInstance, KclList, type Value } from "./values.js";

/** Which side the value is from; of lists, dicts and instances that were put together, both. */
export type Winner = "before" | "added" | "both";

/** How an entry came to be: what was there, and what was said about it then. */
export interface Past {
  readonly before?: Entry;
  readonly added: Entry;
  readonly winner: Winner;
}

/** What a body of a schema says about an attribute. */
export interface Default {
  readonly schema: string;
  /** The configuration replaces it, and evaluating it might fail. */
  readonly isUnread: boolean;
}

/** The entry that a merge made, with both sides where the run remembers them. */
export function remember(machine: Machine, merged: Entry, before: Entry, added: Entry, winner: Winner): Entry {
  if (!machine.history) return merged;
  machine.allocate(96);
  return { ...merged, past: { before, added, winner } };
}

export function winnerOf(before: Value, added: Entry): Winner {
  if (added.operator === "=" && added.index === undefined) return "added";
  if (isNothing(added.value)) return "before";
  return canMix(before, added.value) ? "both" : "added";
}

function canMix(left: Value, right: Value): boolean {
  const isKeyed = (value: Value) => value instanceof KclDict || value instanceof KclInstance;
  return (left instanceof KclList && right instanceof KclList) || (isKeyed(left) && isKeyed(right));
}

/** One who says something about a value. */
export interface Saying {
  readonly place?: Place;
  /** Absent: it was not evaluated, for something else replaced it. */
  readonly value?: JsonValue;
  /** The schema that has it as a default. Absent: a configuration says it. */
  readonly schema?: string;
  readonly operator: Entry["operator"];
  /** `part`: the value is put together from several. */
  readonly fate: "wins" | "part" | "lost";
  /** What won over it. */
  readonly lostTo?: Place;
}

type Fate = Pick<Saying, "fate" | "lostTo">;
type Path = readonly (string | number)[];

const wins: Fate = { fate: "wins" };

/** All that was said about the part of a value at a path, the earliest first. */
export function sayingsOf(value: Value, path: Path): readonly Saying[] {
  const found: Saying[] = [];
  collect({ value, operator: ":" }, path, wins, found);
  return found.filter((one, index) => found.findIndex((other) => isSame(one, other)) === index);
}

function isSame(left: Saying, right: Saying): boolean {
  const [a, b] = [left.place, right.place];
  if (a === undefined || b === undefined) return left === right;
  return a.file === b.file && a.line === b.line && a.column === b.column && left.fate === right.fate;
}

function collect(entry: Entry, path: Path, fate: Fate, found: Saying[]): void {
  const [key, ...rest] = path;
  if (key !== undefined) {
    collectLost(entry, path, found);
    const part = partOf(entry, key);
    if (part !== undefined) collect(ownedAs(entry, part), rest, fate, found);
    return;
  }
  const { past } = entry;
  if (past === undefined) {
    if (entry.value !== undefined || entry.said?.isUnread === true) found.push(saying(entry, fate));
    return;
  }
  if (past.before !== undefined) collect(past.before, [], fateOf("before", past, fate), found);
  collect(past.added, [], fateOf("added", past, fate), found);
}

/** A part of a default is a default of the same schema. */
function ownedAs({ past, said = past?.winner === "added" ? past.added.said : undefined }: Entry, part: Entry): Entry {
  return said === undefined || part.past !== undefined ? part : { ...part, said: { schema: said.schema, isUnread: false } };
}

/** What was said about a part of values that were replaced as a whole. */
function collectLost({ past }: Entry, path: Path, found: Saying[]): void {
  if (past === undefined) return;
  for (const side of ["before", "added"] as const) {
    const entry = past[side];
    if (entry === undefined) continue;
    if (past.winner === side || past.winner === "both") collectLost(entry, path, found);
    else collect(entry, path, fateOf(side, past, wins), found);
  }
}

function fateOf(side: "before" | "added", { before, added, winner }: Past, fate: Fate): Fate {
  if (winner === side) return fate;
  if (winner === "both") return fate.fate === "lost" ? fate : { fate: "part" };
  const place = side === "before" ? firstPlace(added) : before && lastPlace(before);
  return { fate: "lost", ...(place === undefined ? {} : { lostTo: place }) };
}

/** Who was the first to say something else. */
function firstPlace({ place, past }: Entry): Place | undefined {
  return past === undefined ? place : (firstPlace(past.before ?? past.added) ?? place);
}

function lastPlace({ place, past }: Entry): Place | undefined {
  return place ?? (past === undefined ? undefined : lastPlace(past.added));
}

function partOf({ value, place }: Entry, key: string | number): Entry | undefined {
  if (typeof key === "string") {
    const part = entriesOf(value)?.get(key);
    return part === undefined || part.place !== undefined ? part : { ...part, place };
  }
  if (!(value instanceof KclList) || key >= value.length) return undefined;
  return { value: value.items[key], operator: ":", place: value.places?.[key] ?? place };
}

function saying({ value, place, operator, said }: Entry, fate: Fate): Saying {
  return {
    ...(place === undefined ? {} : { place }),
    ...(said?.isUnread === true ? {} : { value: toJavaScript(value) }),
    ...(said === undefined ? {} : { schema: said.schema }),
    operator,
    ...fate,
  };
}
