/**
 * Tells watchers of stored events: of our own at once, of those of other processes when `NOTIFY` says that there are some. Notifications
 * are hints: they are sent after the events are stored, by a statement of their own, because a transaction that notifies makes all others
 * that do wait for its sync; and what was missed while the connection was gone is looked for when it is back.
 *
 * For each run events are told in order and once: a hint of what lies behind a gap makes us read the gap first.
 */

import { randomUUID } from "node:crypto";
import type { RunEvent, RunId } from "@provisioning/model";
import type { AppendedEvents, RunStore, Version } from "../../ports/run-store.js";
import { createWatchers } from "../../tables/watchers.js";
import type { Database } from "./database.js";
import { Gather, lines } from "./gather.js";

export interface Watch {
  readonly watch: RunStore["watch"];
  /** We stored these events. */
  readonly stored: (appended: AppendedEvents) => void;
  /** We saw that the run is at this version: a hint of others may have been lost. */
  readonly seen: (runId: RunId, version: Version) => void;
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
  /** For sending hints; need not wait for any disk. */
  readonly quick: Database;
}

const EVENTS = "select event from events where run = $1 and number > $2 and number <= $3 order by number";
const NOTIFY = "select pg_notify($1, message) from unnest(string_to_array($2, chr(10))) as message";

/** One message carries at most 8000 bytes. */
const MOST_MESSAGE_BYTES = 7500;
/** Of how many runs it is remembered what was told last. */
const MOST_REMEMBERED = 50_000;

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
  const self = randomUUID();
  const told = createMemory();
  const hints: Hint[] = [];
  let isTelling = false;
  let stopListening: (() => Promise<void>) | undefined;

  const isWanted = (runId: RunId) => watchers.has() || watchers.has(runId);
  const tell = (runId: RunId, version: Version, events: readonly RunEvent[]) => {
    told.set(runId, version);
    if (events.length > 0) watchers.tell({ runId, version, events });
  };
  /** Whether it was enough to look at it: then nothing had to be read. */
  const tellAtOnce = ({ runId, version, events }: Hint): boolean => {
    const last = told.get(runId);
    if (last !== undefined && last >= version) return true;
    if (!isWanted(runId)) {
      told.forget(runId);
      return true;
    }
    if (events === undefined) return false;
    const first = version - events.length;
    if (last !== undefined && last < first) return false;
    tell(runId, version, events.slice((last ?? first) - first));
    return true;
  };
  const tellAll = async () => {
    isTelling = true;
    for (let hint = hints.shift(); hint !== undefined; hint = hints.shift()) {
      if (tellAtOnce(hint)) continue;
      const { runId, version, count } = hint;
      const from = told.get(runId) ?? (Number.isFinite(version) ? version - count : 0);
      try {
        const rows = await database.ask<{ event: RunEvent }>(EVENTS, [runId, from, Math.min(version, MOST_EVENTS)]);
        tell(
          runId,
          from + rows.length,
          rows.map(({ event }) => event),
        );
      } catch {
        // A hint that leads nowhere: the store is closed, or the database is gone; then it is looked again when it is back.
      }
    }
    isTelling = false;
  };
  const hint = (one: Hint) => {
    if (!isTelling && tellAtOnce(one)) return;
    hints.push(one);
    if (!isTelling) void tellAll();
  };

  const outgoing = new Gather<string, undefined>({
    async perform(asked) {
      await quick.once(NOTIFY, [channel, lines(messagesOf(self, asked))]);
      return asked.map(() => undefined);
    },
  });
  const onMessage = (message: string) => {
    const [from, ...parts] = message.split(" ");
    if (from === self) return;
    for (let index = 0; index + 2 < parts.length; index += 3) {
      const [runId, version, count] = parts.slice(index, index + 3);
      hint({ runId: runId as RunId, version: Number(version), count: Number(count) });
    }
  };
  const onListening = () => {
    for (const runId of watchers.runs())
      if (told.get(runId) !== undefined) hint({ runId, version: Number.POSITIVE_INFINITY, count: 0 });
  };
  return {
    watch(listener, runId) {
      stopListening ??= options.listen(channel, onMessage, onListening);
      return watchers.watch(listener, runId);
    },
    stored({ runId, version, events }) {
      hint({ runId, version, count: events.length, events });
      outgoing.ask(`${runId} ${version} ${events.length}`).catch(() => {});
    },
    seen(runId, version) {
      if ((told.get(runId) ?? version) < version) hint({ runId, version, count: 0 });
    },
    async close() {
      await outgoing.settled();
      await stopListening?.();
    },
  };
}

/** Numbers of events have 32 bits. */
const MOST_EVENTS = 2 ** 31 - 1;

/** As many hints in a message as fit. */
function messagesOf(self: string, hints: readonly string[]): readonly string[] {
  const messages: string[] = [];
  let current = "";
  for (const hint of hints) {
    if (current !== "" && current.length + hint.length >= MOST_MESSAGE_BYTES) {
      messages.push(current);
      current = "";
    }
    current = `${current === "" ? self : current} ${hint}`;
  }
  return [...messages, current];
}

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
