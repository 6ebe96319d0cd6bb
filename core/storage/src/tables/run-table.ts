/**
 * All runs in memory, in the order a list shows them.
 *
 * The events of a run that ended may move to a file (`archived`); then only its summary stays here, so that memory does not grow
 * with them. Events that come later (somebody rolls it back) are kept here behind the archived ones.
 */

import type { RunEvent, RunId, RunStatus } from "@provisioning/model";
import { RunNotFoundError } from "../errors.js";
import { DEFAULT_PAGE, ENDED_STATUSES, MAX_PAGE, type RunPage, type RunQuery, type RunSummary } from "../ports/run-store.js";
import { EventList } from "./event-list.js";
import { formatCursor, parseCursor, type RunPlace } from "./run-cursor.js";
import { summarize } from "./run-summary.js";

/** Where the first events of a run are. */
export interface ArchivePlace {
  readonly file: string;
  readonly offset: number;
  readonly bytes: number;
}

export interface RunEntry {
  summary: RunSummary;
  /** All events, or those after the archived ones. */
  readonly events: EventList;
  archived: ArchivePlace | undefined;
}

export interface RunTable {
  readonly size: number;
  find(id: RunId): RunEntry | undefined;
  /** @throws RunNotFoundError */
  get(id: RunId): RunEntry;
  entries(): Iterable<RunEntry>;
  /** `text`: these events as a JSON list, where there is one. */
  append(id: RunId, events: readonly RunEvent[], text?: string): void;
  restore(entry: RunEntry): void;
  /** O(all runs), for many at once. */
  remove(ids: readonly RunId[]): void;
  page(query: RunQuery): RunPage;
}

/** `onChange` is told of every new or changed run. */
export function createRunTable(onChange: (run: RunSummary) => void): RunTable {
  const byId = new Map<RunId, RunEntry>();
  /** Oldest first, by `isBefore`. Runs mostly arrive in that order, so inserting is a push. */
  let ordered: RunEntry[] = [];

  const insert = (entry: RunEntry) => {
    byId.set(entry.summary.id, entry);
    ordered.splice(firstNotBefore(ordered, placeOf(entry)), 0, entry);
    onChange(entry.summary);
  };
  return {
    get size() {
      return byId.size;
    },
    find: (id) => byId.get(id),
    get(id) {
      const entry = byId.get(id);
      if (entry === undefined) throw new RunNotFoundError(id);
      return entry;
    },
    entries: () => ordered,
    append(id, events, text) {
      const known = byId.get(id);
      if (known === undefined) {
        insert({ summary: summarize(undefined, events), events: new EventList(events, text), archived: undefined });
        return;
      }
      known.events.push(events, text);
      const { status } = known.summary;
      known.summary = summarize(known.summary, events);
      if (known.summary.status === status) return;
      if (ENDED.has(known.summary.status)) known.events.rest();
      onChange(known.summary);
    },
    restore: insert,
    remove(ids) {
      const gone = new Set(ids.filter((id) => byId.delete(id)));
      if (gone.size > 0) ordered = ordered.filter(({ summary }) => !gone.has(summary.id));
    },
    page: (query) => page(ordered, query),
  };
}

const ENDED: ReadonlySet<RunStatus> = new Set<RunStatus>(ENDED_STATUSES);

function page(ordered: readonly RunEntry[], query: RunQuery): RunPage {
  const limit = Math.min(Math.max(1, query.limit ?? DEFAULT_PAGE), MAX_PAGE);
  const end = query.cursor === undefined ? ordered.length : firstNotBefore(ordered, parseCursor(query.cursor));
  const runs: RunSummary[] = [];
  let last: RunEntry | undefined;
  for (let index = end - 1; index >= 0; index -= 1) {
    const entry = ordered[index] as RunEntry;
    if (!matches(entry.summary, query)) continue;
    if (runs.length === limit) return { runs, next: formatCursor(placeOf(last as RunEntry)) };
    runs.push(entry.summary);
    last = entry;
  }
  return { runs };
}

function matches(summary: RunSummary, query: RunQuery): boolean {
  if (query.infra !== undefined && summary.infra !== query.infra) return false;
  return query.status === undefined || query.status.includes(summary.status);
}

function placeOf(entry: RunEntry): RunPlace {
  return { createdAt: entry.summary.createdAt, id: entry.summary.id };
}

function isBefore(left: RunPlace, right: RunPlace): boolean {
  return left.createdAt < right.createdAt || (left.createdAt === right.createdAt && left.id < right.id);
}

function firstNotBefore(ordered: readonly RunEntry[], place: RunPlace): number {
  let low = 0;
  let high = ordered.length;
  const newest = ordered[high - 1];
  if (newest === undefined || isBefore(placeOf(newest), place)) return high;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(placeOf(ordered[middle] as RunEntry), place)) low = middle + 1;
    else high = middle;
  }
  return low;
}
