/**
 * Tells watchers of stored events: of our own at once, of those of other processes by a live query. These are hints; for each run they are
 * told in order and once: what lies in a gap is read first. After a connection was lost, runs that are watched are looked at again.
 * Over HTTP there are no live queries; then the heartbeat of whoever works on a run shows what others appended.
 */

import type { RunEvent, RunId } from "@provisioning/model";
import type { AppendedEvents, RunStore, Version } from "../../ports/run-store.js";
import { createWatchers } from "../../tables/watchers.js";
import type { Database } from "./database.js";
import type { Hint } from "./lane.js";
import type { LiveMessage, Surreal } from "./sdk.js";

export interface Watch {
  readonly watch: RunStore["watch"];
  /** Calls `look` whenever others begin to be heard: what they did until then was not told. The returned function calls that off. */
  readonly onListening: (look: () => void) => () => void;
  /** We stored these events. */
  readonly stored: (appended: AppendedEvents) => void;
  /** We saw that the run is at this version. */
  readonly seen: (runId: RunId, version: Version) => void;
  close(): void;
}

export interface WatchOptions {
  readonly database: Database;
  /** Stands beside everything that we write. */
  readonly writer: string;
  /** Whether others write, and the connection can tell of it. */
  readonly isLive: boolean;
  readonly readEvents: (runId: RunId, first: Version, last: Version) => Promise<readonly RunEvent[]>;
  readonly readVersion: (runId: RunId) => Promise<Version>;
}

/** One message for each group of commands of another process (lane.ts); a live query of each event costs the database twice the work. */
const LIVE = "LIVE SELECT hints FROM session WHERE hints != NONE AND writer != $writer";

/** Of how many runs it is remembered what was told last. */
const MOST_REMEMBERED = 10_000;

export function createWatch({ database, writer, isLive, readEvents, readVersion }: WatchOptions): Watch {
  const watchers = createWatchers();
  const told = new Map<RunId, Version>();
  /** Runs that are being read, and up to where. */
  const wanted = new Map<RunId, Version>();
  let stopListening: (() => void) | undefined;
  const looking = new Set<() => void>();

  const tell = (runId: RunId, version: Version, events: readonly RunEvent[]) => {
    told.delete(runId);
    told.set(runId, version);
    const [oldest] = told.keys();
    if (told.size > MOST_REMEMBERED && oldest !== undefined) told.delete(oldest);
    if (events.length > 0) watchers.tell({ runId, version, events });
  };
  const readUp = async (runId: RunId, from: Version) => {
    try {
      for (let last = from; last < (wanted.get(runId) ?? 0); ) {
        const events = await readEvents(runId, last + 1, wanted.get(runId) ?? 0);
        if (events.length === 0) break;
        last += events.length;
        tell(runId, last, events);
      }
    } catch {
      // A hint that leads nowhere: the store is closed, or the database is away.
    } finally {
      wanted.delete(runId);
    }
  };
  const read = (runId: RunId, version: Version, last: Version) => {
    const underway = wanted.get(runId);
    if (version > (underway ?? last)) wanted.set(runId, version);
    if (underway === undefined && version > last) void readUp(runId, last);
  };
  const onStored = ({ runId, version, events }: AppendedEvents) => {
    if (!watchers.wants(runId, typesOf(events))) return void told.delete(runId);
    const first = version - events.length;
    const last = told.get(runId) ?? first;
    if (wanted.has(runId) || first > last) read(runId, version, last);
    else if (version > last) tell(runId, version, events.slice(last - first));
  };
  const onHint = ({ run, version, count, types }: Hint) => {
    if (watchers.wants(run, types)) read(run, version, told.get(run) ?? version - count);
  };
  const onSeen = (runId: RunId, version: Version) => {
    const last = told.get(runId);
    if (last !== undefined && watchers.has(runId)) read(runId, version, last);
  };
  const onMessage = ({ action, value }: LiveMessage) => {
    if (action === "KILLED" || action === "DELETE") return;
    for (const hint of (value as { readonly hints?: readonly Hint[] } | undefined)?.hints ?? []) onHint(hint);
  };
  const listen = async (connection: Surreal) => {
    try {
      const [answer] = await connection.query(LIVE, { writer }).responses();
      if (answer?.success !== true) return;
      (await connection.liveOf(answer.result)).subscribe(onMessage);
      for (const look of looking) look();
      for (const runId of watchers.runs()) onSeen(runId, await readVersion(runId));
    } catch {
      // The connection went away again; the next one is told of.
    }
  };
  return {
    watch(listener, runId, types) {
      if (isLive) stopListening ??= database.onConnected((connection) => void listen(connection));
      return watchers.watch(listener, runId, types);
    },
    onListening(look) {
      looking.add(look);
      return () => void looking.delete(look);
    },
    stored: onStored,
    seen: onSeen,
    close: () => stopListening?.(),
  };
}

function typesOf(events: readonly RunEvent[]): readonly RunEvent["type"][] {
  return events.map(({ type }) => type);
}
