/**
 * A snapshot: all that the segments before it said, so that they can be deleted. Same lines as the journal. Its number is that of the
 * first segment to read after it; records up to its `sequence` are contained in it already.
 *
 * The events of runs that ended are in archives, one file written together with each snapshot and never changed again; the
 * snapshot holds their summaries and places.
 */

import type { FencingToken, RunEvent, RunId } from "@provisioning/model";
import type { Lease } from "../../ports/lease-store.js";
import type { StoredResource } from "../../ports/resource-store.js";
import type { RunSummary } from "../../ports/run-store.js";
import { EventList } from "../../tables/event-list.js";
import type { ArchivePlace, RunEntry } from "../../tables/run-table.js";
import type { Tables } from "../../tables/tables.js";
import type { Disk } from "./disk.js";
import { decodeFrame, encodeFrame, encodeFrames, type Payload } from "./frame.js";
import { JournalCorruptError } from "./journal-errors.js";
import { encodeHeader, readHeader, scanFrames } from "./segment.js";

type SnapshotLine =
  | { readonly type: "began"; readonly sequence: number; readonly newestToken: FencingToken }
  | { readonly type: "run"; readonly summary: RunSummary; readonly archived?: ArchivePlace; readonly events: readonly RunEvent[] }
  | { readonly type: "lease"; readonly lease: Lease; readonly ttlMs: number }
  | { readonly type: "resource"; readonly resource: StoredResource }
  | { readonly type: "ended" };

export interface CapturedRun {
  readonly entry: RunEntry;
  readonly summary: RunSummary;
  readonly archived: ArchivePlace | undefined;
  /** The first `count` of `entry.events` at that moment. */
  readonly events: EventList;
  readonly count: number;
}

/** What the tables held at one moment, although they go on changing. */
export interface Capture {
  readonly sequence: number;
  readonly newestToken: FencingToken;
  readonly leases: readonly { readonly lease: Lease; readonly ttlMs: number }[];
  readonly runs: readonly CapturedRun[];
  readonly resources: readonly StoredResource[];
}

export function capture(tables: Tables, sequence: number): Capture {
  return {
    sequence,
    newestToken: tables.leases.newestToken,
    leases: [...tables.leases.held.values()],
    runs: Array.from(tables.runs.entries(), (entry) => ({
      entry,
      summary: entry.summary,
      archived: entry.archived,
      events: entry.events,
      count: entry.events.length,
    })),
    resources: [...tables.resources.all()],
  };
}

/** Characters that are turned into lines at once: others get their turn in between. */
const PIECE_LENGTH = 64 * 1024;

/** In pieces of many lines. */
export function* encodeSnapshot(captured: Capture): Generator<Buffer> {
  yield encodeHeader("snapshot");
  let lines: Payload[] = [];
  let length = 0;
  let sequence = 0;
  for (const json of linesOf(captured)) {
    lines.push({ sequence: (sequence += 1), json });
    length += json.length;
    if (length < PIECE_LENGTH) continue;
    yield encodeFrames(lines, 1);
    lines = [];
    length = 0;
  }
  yield encodeFrames(lines, 1);
}

function* linesOf(captured: Capture): Generator<string> {
  const line = (content: SnapshotLine) => JSON.stringify(content);
  yield line({ type: "began", sequence: captured.sequence, newestToken: captured.newestToken });
  for (const { lease, ttlMs } of captured.leases) yield line({ type: "lease", lease, ttlMs });
  for (const resource of captured.resources) yield line({ type: "resource", resource });
  for (const { summary, archived, events, count } of captured.runs) {
    const place = archived === undefined ? {} : { archived };
    yield `${line({ type: "run", summary, ...place, events: [] }).slice(0, -"[]}".length)}${events.toJson(count)}}`;
  }
  yield line({ type: "ended" });
}

/** Fills the tables; the sequence the snapshot contains. @throws JournalCorruptError, StoreTooNewError */
export function restoreSnapshot(tables: Tables, file: string, bytes: Buffer): number {
  const offset = readHeader(file, "snapshot", bytes);
  let sequence = 0;
  let last: SnapshotLine["type"] | undefined;
  scanFrames({ file, bytes: bytes.subarray(offset), offset, sequence: 0, complete: true }, (_, json) => {
    const line = JSON.parse(json) as SnapshotLine;
    if (line.type === "began") sequence = line.sequence;
    restoreLine(tables, line);
    last = line.type;
  });
  if (last !== "ended") throw new JournalCorruptError(file, bytes.length, "the snapshot has no end");
  return sequence;
}

function restoreLine(tables: Tables, line: SnapshotLine): void {
  switch (line.type) {
    case "began":
      tables.leases.newestToken = line.newestToken;
      return;
    case "lease":
      tables.leases.grant(line.lease, line.ttlMs);
      return;
    case "resource":
      tables.resources.restore(line.resource);
      return;
    case "run":
      tables.runs.restore({ summary: line.summary, archived: line.archived, events: new EventList(line.events) });
      return;
    case "ended":
      return;
  }
}

/** One archived run. `events`: a JSON list. */
export function encodeArchived(run: RunId, events: string): Buffer {
  return encodeFrame(1, 1, `{"run":${JSON.stringify(run)},"events":${events}}`);
}

/** @throws JournalCorruptError */
export async function readArchived(disk: Disk, folder: string, run: RunId, place: ArchivePlace): Promise<readonly RunEvent[]> {
  const file = `${folder}/${place.file}`;
  let bytes: Buffer;
  try {
    bytes = await disk.read(file, place.offset, place.bytes);
  } catch (cause) {
    throw new JournalCorruptError(file, place.offset, "the archive cannot be read", { cause });
  }
  const frame = decodeFrame(bytes, 0);
  const content = frame === undefined ? undefined : (JSON.parse(frame.json) as { run: RunId; events: readonly RunEvent[] });
  if (content?.run !== run) throw new JournalCorruptError(file, place.offset, "an archived run is damaged");
  return content.events;
}
