/**
 * Reads snapshot and segments into tables and remembers how far it came, so that it can go on where somebody else writes. Writes
 * nothing. A segment that disappears under it was replaced by a newer snapshot: then it starts again.
 */

import { JournalCorruptError } from "./journal-errors.js";
import { type Disk, isMissing } from "./disk.js";
import { journalFile, numbersOf, readHeader, scanFrames } from "./segment.js";
import { restoreSnapshot } from "./snapshot.js";
import { eventsIn, type StoreRecord } from "../../tables/records.js";
import { apply, createTables, type Tables } from "../../tables/tables.js";

export interface JournalPosition {
  /** 0: there is no journal yet. */
  segment: number;
  offset: number;
  sequence: number;
}

const PIECE_BYTES = 64 * 1024;
/** How often a reader starts again because the writer tidied up in just that moment. */
const MAX_RESTARTS = 20;

export class JournalReader {
  tables: Tables = createTables();
  position: JournalPosition = { segment: 0, offset: 0, sequence: 0 };
  /** The last segment ends in a write that did not finish, after `position`. */
  isTorn = false;
  /** Of the snapshot it began with. */
  snapshotBytes = 0;
  /** Of the records after it. */
  journalBytes = 0;
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #onRecord: (record: StoreRecord) => void;

  constructor(disk: Disk, folder: string, onRecord: (record: StoreRecord) => void = () => {}) {
    this.#disk = disk;
    this.#folder = folder;
    this.#onRecord = onRecord;
  }

  /** Reads what is new. @throws JournalCorruptError, StoreTooNewError */
  async catchUp(): Promise<void> {
    for (let restart = 0; ; restart += 1) {
      try {
        if (this.position.segment === 0) await this.#begin();
        await this.#readSegments();
        return;
      } catch (error) {
        if (!isMissing(error) || restart === MAX_RESTARTS) throw error;
        this.position = { segment: 0, offset: 0, sequence: 0 };
      }
    }
  }

  async #begin(): Promise<void> {
    const names = await this.#disk.list(this.#folder);
    const snapshot = numbersOf(names, "snapshot").at(-1);
    const tables = createTables();
    let sequence = 0;
    this.journalBytes = 0;
    if (snapshot !== undefined) {
      const file = `${this.#folder}/${journalFile(snapshot, "snapshot")}`;
      const bytes = await this.#disk.read(file);
      sequence = restoreSnapshot(tables, file, bytes);
      this.snapshotBytes = bytes.length;
    }
    this.tables = tables;
    this.position = { segment: snapshot ?? (numbersOf(names, "log").length > 0 ? 1 : 0), offset: 0, sequence };
  }

  async #readSegments(): Promise<void> {
    if (this.position.segment === 0) return;
    const segments = numbersOf(await this.#disk.list(this.#folder), "log");
    const last = segments.at(-1) ?? 0;
    for (;;) {
      await this.#readSegment(this.position.segment < last);
      if (this.position.segment >= last) return;
      const next = this.position.segment + 1;
      if (!segments.includes(next)) throw new JournalCorruptError(this.#path(next), 0, "the segment is missing");
      this.position = { ...this.position, segment: next, offset: 0 };
    }
  }

  async #readSegment(complete: boolean): Promise<void> {
    const file = this.#path(this.position.segment);
    const bytes = this.position.offset === 0 ? await this.#disk.read(file) : await this.#readNew(file, this.position.offset);
    const header = this.position.offset === 0 ? readHeader(file, "log", bytes) : 0;
    const contained = this.position.sequence;
    const offset = this.position.offset + header;
    const frames = bytes.subarray(header);
    const sequence = header === 0 ? contained : sequenceBefore(frames, contained);
    const scan = scanFrames({ file, bytes: frames, offset, sequence, complete }, (found, json) => {
      if (found > contained) this.#take(file, json);
    });
    this.isTorn = scan.torn;
    this.journalBytes += scan.end - offset;
    this.position = { ...this.position, offset: scan.end, sequence: Math.max(scan.sequence, contained) };
  }

  /** Up to a piece that ends in room for more: whoever reads along does not read all of that each time. */
  async #readNew(file: string, from: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for (let offset = from; ; offset += PIECE_BYTES) {
      const piece = await this.#disk.read(file, offset, PIECE_BYTES);
      pieces.push(piece);
      if (piece.length < PIECE_BYTES || piece.at(-1) === 0) return Buffer.concat(pieces);
    }
  }

  #take(file: string, json: string): void {
    const record = JSON.parse(json) as StoreRecord;
    if (record.type === "runEvents") {
      const version = this.tables.runs.find(record.run)?.summary.version ?? 0;
      if (version + record.events.length !== record.version) {
        throw new JournalCorruptError(file, this.position.offset, `run ${record.run} is at ${version} before ${record.version}`);
      }
    }
    apply(this.tables, record, eventsIn(record, json));
    this.#onRecord(record);
  }

  #path(segment: number): string {
    return `${this.#folder}/${journalFile(segment, "log")}`;
  }
}

/** A snapshot may contain the first records of the segment after it; the first one of them shows how many. */
function sequenceBefore(frames: Buffer, contained: number): number {
  const first = /^[0-9a-f]{8} [0-9a-f]{8} (\d{1,15}) /.exec(frames.toString("latin1", 0, 40))?.[1];
  return first === undefined ? contained : Math.min(contained, Number(first) - 1);
}
