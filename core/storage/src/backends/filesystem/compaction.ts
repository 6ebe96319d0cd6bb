/**
 * Keeps the journal short: when a segment is full, everything known is written as a snapshot and the segments before it are deleted.
 * The events of runs that ended go to an archive and leave memory. Every step is durable before the next one, and what an interrupted
 * one leaves behind is swept when the store is opened.
 */

import type { RunEvent, RunId, RunStatus } from "@provisioning/model";
import { EventList } from "../../tables/event-list.js";
import type { ArchivePlace } from "../../tables/run-table.js";
import type { Disk } from "./disk.js";
import { encodeHeader, journalFile, numbersOf } from "./segment.js";
import { type Capture, type CapturedRun, encodeArchived, encodeSnapshot, readArchived } from "./snapshot.js";

/** Handed to the disk at once; others get their turn in between. */
const PIECE_BYTES = 64 * 1024;

export interface CompactionOptions {
  readonly disk: Disk;
  readonly folder: string;
  /** The first segment that stays. */
  readonly segment: number;
  /** Taken when that segment was begun. */
  readonly captured: Capture;
  /** Resolves when everything captured is durable in the journal. */
  readonly settled: Promise<void>;
  /** Waited for after each piece, so that those who write to the journal get the processor and the disk in between. */
  readonly rest: () => Promise<void>;
}

/** The size of the new snapshot. @throws what the disk throws; the journal is whole all the same */
export async function compact(options: CompactionOptions): Promise<number> {
  const { disk, folder, segment, captured, settled, rest } = options;
  await settled;
  const archived = await writeArchive(options);
  const runs = captured.runs.map((run) => {
    const place = archived.get(run);
    return place === undefined ? run : { ...run, archived: place, events: new EventList(), count: 0 };
  });
  let bytes = 0;
  const chunks = async function* () {
    for (const chunk of encodeSnapshot({ ...captured, runs })) {
      bytes += chunk.length;
      yield chunk;
      await rest();
    }
  };
  await disk.replace(`${folder}/${journalFile(segment, "snapshot")}`, chunks(), true);
  for (const [run, place] of archived) {
    run.entry.archived = place;
    run.entry.events.dropFirst(run.count);
  }
  const archives = new Set(runs.map((run) => run.archived?.file));
  await removeSuperfluous(disk, folder, await disk.list(folder), { archives });
  return bytes;
}

/**
 * Removes what the newest snapshot made superfluous and what was interrupted. Only when nobody else writes, before the journal is
 * opened: an unfinished file may be the segment that is just being begun.
 */
export async function sweep(disk: Disk, folder: string): Promise<void> {
  const names = await disk.list(folder);
  const unfinished = names.filter((name) => name.endsWith(".part"));
  await removeSuperfluous(disk, folder, names, { unfinished });
}

/** `archives`: those that runs refer to; when given, all others go: their runs were forgotten. */
async function removeSuperfluous(
  disk: Disk,
  folder: string,
  names: readonly string[],
  { unfinished = [], archives }: { readonly unfinished?: readonly string[]; readonly archives?: ReadonlySet<string | undefined> },
): Promise<void> {
  const newest = numbersOf(names, "snapshot").at(-1) ?? 0;
  const superfluous = [
    ...numbersOf(names, "log")
      .filter((number) => number < newest)
      .map((number) => journalFile(number, "log")),
    ...numbersOf(names, "snapshot")
      .filter((number) => number < newest)
      .map((number) => journalFile(number, "snapshot")),
    ...numbersOf(names, "archive")
      .filter((number) => number > newest || (archives !== undefined && !archives.has(journalFile(number, "archive"))))
      .map((number) => journalFile(number, "archive")),
    ...unfinished,
  ];
  for (const name of superfluous) await disk.remove(`${folder}/${name}`);
  if (superfluous.length > 0) await disk.syncFolder(folder);
}

async function writeArchive(options: CompactionOptions): Promise<ReadonlyMap<CapturedRun, ArchivePlace>> {
  const { disk, folder, segment, captured, rest } = options;
  const ended = captured.runs.filter((run) => run.count > 0 && isEnded(run.summary.status));
  const places = new Map<CapturedRun, ArchivePlace>();
  if (ended.length === 0) return places;
  const file = journalFile(segment, "archive");
  const chunks = async function* () {
    let piece = [encodeHeader("archive")];
    let begin = 0;
    let offset = piece[0]?.length ?? 0;
    for (const run of ended) {
      const own = run.events.toJson(run.count);
      const events = run.archived === undefined ? own : await withArchived(disk, folder, run.summary.id, run.archived, own);
      const line = encodeArchived(run.summary.id, events);
      piece.push(line);
      places.set(run, { file, offset, bytes: line.length });
      offset += line.length;
      if (offset - begin < PIECE_BYTES) continue;
      yield Buffer.concat(piece);
      await rest();
      piece = [];
      begin = offset;
    }
    yield Buffer.concat(piece);
  };
  await disk.replace(`${folder}/${file}`, chunks(), true);
  return places;
}

/** All events as a JSON list. `own`: those that are not archived yet. */
async function withArchived(disk: Disk, folder: string, run: RunId, place: ArchivePlace, own: string): Promise<string> {
  return JSON.stringify([...(await readArchived(disk, folder, run, place)), ...(JSON.parse(own) as readonly RunEvent[])]);
}

function isEnded(status: RunStatus): boolean {
  return status !== "pending" && status !== "running" && status !== "rollingBack";
}
