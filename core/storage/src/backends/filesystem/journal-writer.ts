/**
 * The end of the journal that grows. Group commit: while one batch is being written and synced, all further records gather in
 * the next one, so many writers share one sync. After the first failure nothing is accepted any more, because what the disk
 * holds then is unknown until it is read again.
 */

import { StoreFailedError } from "../../errors.js";
import type { Disk, DiskFile } from "./disk.js";
import { encodeFrame } from "./frame.js";
import { encodeHeader, journalFile } from "./segment.js";

interface Batch {
  readonly records: { readonly sequence: number; readonly json: string }[];
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
  readonly bytes: number;
  /** A segment that has grown beyond this is closed and another one begun. */
  readonly segmentBytes: number;
  /** A new segment was begun; all before it are complete. Called before anything is written to it. */
  readonly onRotate: (segment: number) => void;
}

export class JournalWriter {
  readonly #options: JournalWriterOptions;
  #file: DiskFile;
  #segment: number;
  #bytes: number;
  #forming: Batch | undefined;
  #flying: Batch | undefined;
  #failure: StoreFailedError | undefined;
  #flushing = false;
  #loop: Promise<void> = Promise.resolve();

  constructor(options: JournalWriterOptions) {
    this.#options = options;
    this.#file = options.file;
    this.#segment = options.segment;
    this.#bytes = options.bytes;
  }

  /** @throws StoreFailedError once a write has failed */
  assertUsable(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Resolves when the record is durable. Records become durable in the order of these calls. */
  append(sequence: number, json: string): Promise<void> {
    this.assertUsable();
    this.#forming ??= newBatch();
    this.#forming.records.push({ sequence, json });
    const { done } = this.#forming;
    if (!this.#flushing) this.#loop = this.#flush();
    return done;
  }

  /** Resolves when everything appended so far is durable. */
  settled(): Promise<void> {
    return (this.#forming ?? this.#flying)?.done ?? Promise.resolve();
  }

  async close(): Promise<void> {
    await this.#loop;
    await this.#file.close();
  }

  async #flush(): Promise<void> {
    this.#flushing = true;
    for (;;) {
      // Everyone who was woken by the batch before gets to write into the same next one.
      await new Promise((resolve) => setImmediate(resolve));
      const batch = this.#forming;
      if (batch === undefined) break;
      this.#flying = batch;
      this.#forming = undefined;
      await this.#write(batch).then(batch.resolve, (cause) => this.#fail(batch, cause));
      this.#flying = undefined;
    }
    this.#flushing = false;
  }

  async #write(batch: Batch): Promise<void> {
    if (this.#bytes > this.#options.segmentBytes) await this.#rotate();
    const first = batch.records[0]?.sequence ?? 0;
    const data = Buffer.concat(batch.records.map((record) => encodeFrame(record.sequence, first, record.json)));
    await this.#file.write(data);
    await this.#file.sync();
    this.#bytes += data.length;
  }

  async #rotate(): Promise<void> {
    const { disk, folder, onRotate } = this.#options;
    const segment = this.#segment + 1;
    const file = await createSegment(disk, folder, segment);
    await this.#file.close();
    this.#file = file;
    this.#segment = segment;
    this.#bytes = 0;
    onRotate(segment);
  }

  #fail(batch: Batch, cause: unknown): void {
    this.#failure = new StoreFailedError(this.#options.folder, { cause });
    batch.reject(this.#failure);
    this.#forming?.reject(this.#failure);
    this.#forming = undefined;
  }
}

/** A segment appears under its name only with a whole header. */
export async function createSegment(disk: Disk, folder: string, number: number): Promise<DiskFile> {
  const path = `${folder}/${journalFile(number, "log")}`;
  await disk.replace(path, [encodeHeader("log")], true);
  return disk.openForAppend(path, true);
}

function newBatch(): Batch {
  let settle: Pick<Batch, "resolve" | "reject"> | undefined;
  const done = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  done.catch(() => {});
  return { records: [], done, ...(settle as unknown as Pick<Batch, "resolve" | "reject">) };
}
