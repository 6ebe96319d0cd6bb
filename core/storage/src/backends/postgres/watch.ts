/**
 * Tells watchers of stored events: of our own at once, of those of other processes when `NOTIFY` says that there are some. Notifications
 * are hints: they are sent after the events are stored, and what was missed while the connection was gone is looked for when it is back.
 *
 * For each run events are told in order and once: a hint of what lies behind a gap makes us read the gap first.
 */

import type { RunEvent, RunId } from "@provisioning/model";
import type { AppendedEvents, RunStore, Version } from "../../ports/run-store.js";
import { createWatchers } from "../../tables/watchers.js";
import type { Database } from "./database.js";
import { lines } from "./gather.js";
import type { Quick } from "./quick.js";

export interface Watch {
  readonly watch: RunStore["watch"];
  /** We stored these events. */
  readonly stored: (appended: AppendedEvents) => void;
  /** We saw that the run is at this version: a hint of others may have been lost. */
  readonly seen: (runId: RunId, version: Version) => void;
  /** Grows with everything that is heard to have been written, by us or by others. */
  readonly heard: () => number;
  /** Sends what is to be sent, then listens no more. */
  close(): Promise<void>;
}

/** Hears what other processes send until the returned function is called. `onListening`: now, and after each gap. */
export type Listen = (channel: string, onMessage: (message: string) => void, onListening: () => void) => () => Promise<void>;

export interface WatchOptions {
  readonly channel: string;
  readonly listen: Listen;
  /** For reading what hints speak of. */
  readonly database: Database;
  /** For sending hints. */
  readonly quick: Quick;
}

const EVENTS = `
  select asked.run, events.event
  from unnest(
    string_to_array($1, chr(10)), string_to_array($2, chr(10))::integer[], string_to_array($3, chr(10))::integer[]
  ) as asked (run, after, until)
  join events on events.run = asked.run and events.number > asked.after and events.number <= asked.until
  order by events.run, events.number`;

/** Of how many runs it is remembered what was told last. */
const MOST_REMEMBERED = 50_000;

/** Hints that are read together. */
const MOST_TOGETHER = 100;
/** When so many wait to be read, those of runs that nobody watches in particular are left out. */
const MOST_WAITING = 10_000;

interface Hint {
  readonly runId: RunId;
  /** After the newest events; infinite: whatever there is. */
  readonly version: Version;
  /** How many there are at least that are new. */
  readonly count: number;
  /** Known when we stored them ourselves. */
  readonly events?: readonly RunEvent[];
}

export function createWatch(options: WatchOptions): Watch {
  const { channel, database, quick } = options;
  const watchers = createWatchers();
  const told = createMemory();
  let hints: Hint[] = [];
  let isTelling = false;
  let heard = 0;
  let stopListening: (() => Promise<void>) | undefined;

  const tell = (runId: RunId, version: Version, events: readonly RunEvent[]) => {
    told.set(runId, version);
    if (events.length > 0) watchers.tell({ runId, version, events });
  };
  /** Whether it was enough to look at it: then nothing has to be read. */
  const tellAtOnce = ({ runId, version, events }: Hint): boolean => {
    const last = told.get(runId);
    if (last !== undefined && last >= version) return true;
    if (!watchers.has() && !watchers.has(runId)) {
      told.forget(runId);
      return true;
    }
    if (events === undefined) return false;
    const first = version - events.length;
    if (last !== undefined && last < first) return false;
    tell(runId, version, events.slice((last ?? first) - first));
    return true;
  };
  /** Takes the first hints, at most one of a run; others of it wait for their turn. */
  const takeHints = (): readonly Hint[] => {
    const taken = new Map<RunId, Hint>();
    const left: Hint[] = [];
    for (const one of hints) {
      if (taken.has(one.runId) || taken.size === MOST_TOGETHER) left.push(one);
      else if (!tellAtOnce(one)) taken.set(one.runId, one);
    }
    hints = left;
    return [...taken.values()];
  };
  const readAndTell = async (together: readonly Hint[]) => {
    const from = ({ runId, version, count }: Hint) => told.get(runId) ?? (Number.isFinite(version) ? version - count : 0);
    const rows = await database.ask<{ run: RunId; event: RunEvent }>(EVENTS, [
      lines(together.map(({ runId }) => runId)),
      lines(together.map(from)),
      lines(together.map(({ version }) => Math.min(version, MOST_EVENTS))),
    ]);
    for (const one of together) {
      const events = rows.filter(({ run }) => run === one.runId).map(({ event }) => event);
      tell(one.runId, from(one) + events.length, events);
    }
  };
  const tellAll = async () => {
    isTelling = true;
    for (let together = takeHints(); together.length > 0; together = takeHints()) {
      // A hint that leads nowhere: the store is closed, or the database is gone; then it is looked again when it is back.
      await readAndTell(together).catch(() => {});
    }
    isTelling = false;
  };
  const hint = (one: Hint) => {
    if (!isTelling && tellAtOnce(one)) return;
    if (hints.length >= MOST_WAITING && !watchers.has(one.runId)) return;
    hints.push(one);
    if (!isTelling) void tellAll();
  };

  const onMessage = (message: string) => {
    const [from, ...parts] = message.split(" ");
    if (from === quick.self) return;
    heard += 1;
    for (let index = 0; index + 3 < parts.length; index += 4) {
      const [runId, version, count, types = ""] = parts.slice(index, index + 4);
      if (watchers.wants(runId as RunId, types.split(",") as RunEvent["type"][])) {
        hint({ runId: runId as RunId, version: Number(version), count: Number(count) });
      } else told.forget(runId as RunId);
    }
  };
  const onListening = () => {
    heard += 1;
    for (const runId of watchers.runs()) {
      if (told.get(runId) !== undefined) hint({ runId, version: Number.POSITIVE_INFINITY, count: 0 });
    }
  };
  return {
    watch(listener, runId, types) {
      stopListening ??= options.listen(channel, onMessage, onListening);
      return watchers.watch(listener, runId, types);
    },
    stored({ runId, version, events }) {
      heard += 1;
      hint({ runId, version, count: events.length, events });
      const types = new Set(events.map(({ type }) => type));
      quick.tell(`${runId} ${version} ${events.length} ${[...types].join(",")}`);
    },
    seen(runId, version) {
      if ((told.get(runId) ?? version) < version) hint({ runId, version, count: 0 });
    },
    heard: () => heard,
    async close() {
      await quick.settled();
      await stopListening?.();
    },
  };
}

/** Numbers of events have 32 bits. */
const MOST_EVENTS = 2 ** 31 - 1;

/** What was told last of the runs that something happened to last. */
function createMemory() {
  const versions = new Map<RunId, Version>();
  return {
    get: (runId: RunId) => versions.get(runId),
    forget: (runId: RunId) => versions.delete(runId),
    set(runId: RunId, version: Version) {
      versions.delete(runId);
      versions.set(runId, version);
      const [oldest] = versions.keys();
      if (versions.size > MOST_REMEMBERED && oldest !== undefined) versions.delete(oldest);
    },
  };
}
