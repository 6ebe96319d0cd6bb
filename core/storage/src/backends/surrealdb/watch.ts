/**
 * Tells watchers of stored events: of our own at once, of those of other processes by a live query. These are hints; for each run they are
 * told in order and once: what lies in a gap is read first. After a connection was lost, runs that are watched are looked at again.
 * Over HTTP there are no live queries; then the heartbeat of whoever works on a run shows what others appended.
 */

import { randomUUID } from "node:crypto";
import type { RunEvent, RunId } from "@provisioning/model";
import type { AppendedEvents, RunStore, Version } from "../../ports/run-store.js";
import { createWatchers } from "../../tables/watchers.js";
import type { Database } from "./database.js";
import type { LiveMessage, Surreal } from "./sdk.js";

export interface Watch {
  readonly watch: RunStore["watch"];
  /** Stands in every event that we write. */
  readonly self: string;
  /** We stored these events. */
  stored(appended: AppendedEvents): void;
  /** We saw that the run is at this version. */
  readonly seen: (runId: RunId, version: Version) => void;
  close(): void;
}

export interface WatchOptions {
  readonly database: Database;
  /** Whether others write, and the connection can tell of it. */
  readonly isLive: boolean;
  readonly readEvents: (runId: RunId, first: Version, last: Version) => Promise<readonly RunEvent[]>;
  readonly readVersion: (runId: RunId) => Promise<Version>;
}

/** What is longer is read by those who want it. */
const LIVE = `LIVE SELECT id, IF string::len(json) < 16384 { json } ELSE { NONE } AS json FROM run_event WHERE writer != $writer`;

/** Of how many runs it is remembered what was told last. */
const MOST_REMEMBERED = 10_000;

export function createWatch({ database, isLive, readEvents, readVersion }: WatchOptions): Watch {
  const watchers = createWatchers();
  const self = randomUUID();
  const told = new Map<RunId, Version>();
  /** Runs that are being read, and up to where. */
  const wanted = new Map<RunId, Version>();
  let stopListening: (() => void) | undefined;

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
  const hint = (runId: RunId, version: Version, events: readonly RunEvent[] | undefined, count: number) => {
    if (!watchers.has() && !watchers.has(runId)) return void told.delete(runId);
    const last = told.get(runId) ?? version - count;
    if (version <= last) return;
    if (wanted.has(runId)) return void wanted.set(runId, Math.max(version, wanted.get(runId) ?? 0));
    const first = version - count;
    if (events !== undefined && first <= last) return tell(runId, version, events.slice(last - first));
    wanted.set(runId, version);
    void readUp(runId, last);
  };
  const onMessage = ({ action, value }: LiveMessage) => {
    if (action !== "CREATE" || value === undefined) return;
    const { id, json } = value as { readonly id: { readonly id: readonly [RunId, Version] }; readonly json?: string | null };
    const [runId, version] = id.id;
    hint(runId, version, typeof json === "string" ? [JSON.parse(json) as RunEvent] : undefined, 1);
  };
  const listen = async (connection: Surreal) => {
    try {
      const [answer] = await connection.query(LIVE, { writer: self }).responses();
      if (answer?.success !== true) return;
      (await connection.liveOf(answer.result)).subscribe(onMessage);
      for (const runId of watchers.runs()) {
        if (told.has(runId)) hint(runId, await readVersion(runId), undefined, 0);
      }
    } catch {
      // The connection went away again; the next one is told of.
    }
  };
  return {
    self,
    watch(listener, runId, types) {
      if (isLive) stopListening ??= database.onConnected((connection) => void listen(connection));
      return watchers.watch(listener, runId, types);
    },
    stored: ({ runId, version, events }) => hint(runId, version, events, events.length),
    seen(runId, version) {
      if (told.has(runId)) hint(runId, version, undefined, 0);
    },
    close: () => stopListening?.(),
  };
}
