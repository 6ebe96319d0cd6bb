/**
 * The end of the journal that grows. Group commit: while a batch is being written and synced, all further records gather in the next one,
 * so many writers share one sync. When enough has gathered the next batch is written while the one before is still being synced, so that
 * neither the processor nor the disk waits for the other. After the first failure nothing is accepted any more, because what the disk
 * holds then is unknown until it is read again.
 */

import { StoreFailedError } from "../../errors.js";
import type { Disk, DiskFile } from "./disk.js";
import { encodeFrames, type Payload } from "./frame.js";
import { fillRoom, roomFor, Spare } from "./room.js";
import { encodeHeader, journalFile } from "./segment.js";

interface Batch {
  readonly records: Payload[];
  readonly done: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export interface JournalWriterOptions {
  readonly disk: Disk;
  /** The journal's folder. */
  readonly folder: string;
  readonly segment: number;
  readonly file: DiskFile;
  /** Where the next record goes, the end of the file. */
  readonly bytes: number;
  /** A segment that has grown beyond this is closed and another one begun. */
  readonly segmentBytes: number;
  /** A new segment was begun; all before it are complete. Called before anything is written to it. */
  readonly onRotate: (segment: number) => void;
}

/** Batches that are being written or synced at the same time. */
const MAX_FLYING = 2;
/** Larger batches get a buffer of their own. */
const BUFFER_BYTES = 256 * 1024;
/** Smaller batches wait for the one before. */
const MIN_EAGER_RECORDS = 8;
/** When so much of a segment is full the next one is prepared. */
const SPARE_SHARE = 1 / 2;

export class JournalWriter {
  readonly #options: JournalWriterOptions;
  #file: DiskFile;
  #segment: number;
  #bytes: number;
  /** Where the file ends, with zeros behind `#bytes`. */
  #room: number;
  #spare: Spare | undefined;
  #written = 0;
  #forming: Batch | undefined;
  /** Oldest first. */
  readonly #flying: Batch[] = [];
  #failure: StoreFailedError | undefined;
  /** The next batch is taken at the end of this turn. */
  #isDue = false;
  #lastSize = 0;
  #writing: Promise<void> = Promise.resolve();
  /** For one batch after the other: each is written before the next one is encoded. */
  readonly #buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);

  constructor(options: JournalWriterOptions) {
    this.#options = options;
    this.#file = options.file;
    this.#segment = options.segment;
    this.#bytes = options.bytes;
    this.#room = options.bytes;
  }

  /** Bytes of all records so far that this writer wrote. */
  get written(): number {
    return this.#written;
  }

  /** @throws StoreFailedError once a write has failed */
  assertUsable(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Resolves when the record is durable. Records become durable in the order of these calls. */
  append(sequence: number, json: string): Promise<void> {
    this.assertUsable();
    const batch = (this.#forming ??= newBatch());
    batch.records.push({ sequence, json });
    if (this.#flying.length < MAX_FLYING && batch.records.length >= this.#eagerSize()) this.#take();
    else if (this.#flying.length === 0) this.#schedule();
    return batch.done;
  }

  /** Resolves when everything appended so far is durable. @throws StoreFailedError once a write has failed: then it never is */
  settled(): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return (this.#forming ?? this.#flying.at(-1))?.done ?? Promise.resolve();
  }

  /** Begins a new segment, when nobody appends any more. @throws StoreFailedError, what the disk throws */
  async turn(): Promise<void> {
    await this.settled();
    await this.#writing;
    await this.#begin();
  }

  async close(): Promise<void> {
    await this.settled().catch(() => {});
    await this.#writing;
    await this.#spare?.drop();
    // Without harm when that fails or does not last.
    if (this.#failure === undefined && this.#room > this.#bytes) await this.#file.cut(this.#bytes, false).catch(() => {});
    await this.#file.close();
  }

  /** Half of what came in last time: then the other half is worked on while this one is synced. */
  #eagerSize(): number {
    return Math.max(MIN_EAGER_RECORDS, this.#lastSize >> 1);
  }

  /** At the end of the turn: everyone who was woken by the batch before gets to write into the same next one. */
  #schedule(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    setImmediate(() => {
      this.#isDue = false;
      if (this.#flying.length === 0) this.#take();
    });
  }

  #take(): void {
    const batch = this.#forming;
    if (batch === undefined) return;
    this.#forming = undefined;
    const before = this.#flying.at(-1);
    this.#lastSize = batch.records.length + (before?.records.length ?? 0);
    this.#flying.push(batch);
    const synced = this.#writing.then(() => this.#write(batch));
    this.#writing = synced.then(
      () => {},
      () => {},
    );
    void this.#settle(batch, synced, before);
  }

  /** A batch is durable when it is synced and the one before it is durable. */
  async #settle(batch: Batch, written: Promise<{ readonly synced: Promise<void> }>, before: Batch | undefined): Promise<void> {
    try {
      const { synced } = await written;
      await Promise.all([synced, before?.done]);
      this.#flying.shift();
      batch.resolve();
    } catch (cause) {
      this.#flying.shift();
      this.#fail(batch, cause);
    }
    if (this.#forming !== undefined && this.#flying.length === 0) this.#schedule();
  }

  /** Resolves when it is written and its sync has begun. */
  async #write(batch: Batch): Promise<{ readonly synced: Promise<void> }> {
    this.assertUsable();
    if (this.#bytes > this.#options.segmentBytes) {
      // A segment is only left when all of it is durable.
      await this.#flying[this.#flying.indexOf(batch) - 1]?.done;
      await this.#begin();
    }
    const firstUnsynced = this.#flying[0]?.records[0]?.sequence ?? 0;
    const data = encodeFrames(batch.records, firstUnsynced, this.#buffer);
    await this.#file.write(data, this.#bytes);
    this.#bytes += data.length;
    this.#written += data.length;
    if (this.#bytes > this.#room) await this.#makeRoom();
    this.#prepareNext();
    const synced = this.#file.sync();
    synced.catch(() => {});
    return { synced };
  }

  async #makeRoom(): Promise<void> {
    const room = roomFor(this.#bytes, this.#options.segmentBytes);
    this.#room = Math.max(room, this.#bytes);
    // A disk that is full may have enough for what matters.
    if (room > this.#bytes) await fillRoom(this.#file, this.#bytes, room).catch(() => {});
  }

  #prepareNext(): void {
    const { disk, folder, segmentBytes } = this.#options;
    if (this.#bytes > segmentBytes * SPARE_SHARE) this.#spare ??= new Spare(disk, folder, segmentBytes);
  }

  /** The segment after this one, once all of this one is durable. */
  async #begin(): Promise<void> {
    const { disk, folder, onRotate } = this.#options;
    if (this.#room > this.#bytes) await this.#file.cut(this.#bytes, true);
    const spare = this.#spare;
    this.#spare = undefined;
    const segment = this.#segment + 1;
    const path = segmentPath(folder, segment);
    const isPrepared = spare !== undefined && (await spare.takeAs(path));
    const file = isPrepared ? await disk.openForWriting(path) : await createSegment(disk, folder, segment);
    await this.#file.close();
    this.#file = file;
    this.#segment = segment;
    this.#bytes = HEADER_BYTES;
    this.#room = isPrepared ? spare.room : HEADER_BYTES;
    onRotate(segment);
  }

  #fail(batch: Batch, cause: unknown): void {
    this.#failure ??= new StoreFailedError(this.#options.folder, { cause });
    batch.reject(this.#failure);
    this.#forming?.reject(this.#failure);
    this.#forming = undefined;
  }
}

/** A segment appears under its name only with a whole header. */
export async function createSegment(disk: Disk, folder: string, number: number): Promise<DiskFile> {
  const path = segmentPath(folder, number);
  await disk.replace(path, [encodeHeader("log")], true);
  return disk.openForWriting(path);
}

/** A new segment begins behind it. */
export const HEADER_BYTES = encodeHeader("log").length;

function segmentPath(folder: string, number: number): string {
  return `${folder}/${journalFile(number, "log")}`;
}

function newBatch(): Batch {
  let settle: Pick<Batch, "resolve" | "reject"> | undefined;
  const done = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  done.catch(() => {});
  return { records: [], done, ...(settle as unknown as Pick<Batch, "resolve" | "reject">) };
}
