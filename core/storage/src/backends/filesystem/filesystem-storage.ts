/**
 * The default backend: files in one folder, no dependency, one writing process, any number of readers.
 *
 *     journal/NNNNNNNN.log        the truth: checksummed records, synced before a write is acknowledged
 *     journal/NNNNNNNN.snapshot   what older segments said; journal/NNNNNNNN.archive: events of runs that ended
 *     queue.rkvs/, state/         readable copies, see mirror.ts
 *     writer.lock                 which process writes, see writer-lock.ts
 */

import { dirname } from "node:path";
import { type Clock, ProvisioningError } from "@provisioning/model";
import { StoreClosedError, StoreFailedError, StoreReadOnlyError } from "../../errors.js";
import type { StorageMode } from "../../ports/storage.js";
import type { TransferableStorage } from "../../ports/transfer.js";
import { createLeaseStore, createResourceStore, createRunQueue, createRunStore, type Ledger } from "../../tables/ledger.js";
import { createTransfer } from "../../tables/transfer.js";
import { encodeRecord, type StoreRecord } from "../../tables/records.js";
import { apply } from "../../tables/tables.js";
import { createWaiting } from "../../tables/waiting.js";
import { compact, sweep } from "./compaction.js";
import { type Disk, nodeDisk } from "./disk.js";
import { guardedDisk } from "./guarded-disk.js";
import { JournalReader } from "./journal-reader.js";
import { createSegment, HEADER_BYTES, JournalWriter } from "./journal-writer.js";
import { Mirror } from "./mirror.js";
import { journalFile } from "./segment.js";
import { capture, readArchived } from "./snapshot.js";
import { createRest } from "./rest.js";
import { acquireWriterLock, type WriterLock } from "./writer-lock.js";

/** A segment of this size is replayed in well under a second. */
const DEFAULT_SEGMENT_BYTES = 16 * 1024 * 1024;
/** What is left when the store is closed: 1 MiB is replayed faster than it is compacted. */
const SHORT_JOURNAL_SHARE = 1 / 16;
/** Of the snapshot: then closing writes at most three times what was stored since the last one. */
const SHORT_JOURNAL_OF_SNAPSHOT = 1 / 2;

export interface FilesystemStorageOptions {
  readonly dataDir: string;
  readonly clock: Clock;
  /** `read` takes no lock, writes nothing and sees what a writer elsewhere writes. */
  readonly mode: StorageMode;
  /** What other processes are told this one is doing. Default: the command line. */
  readonly command?: string;
  /** A torn end that was cut off, readable copies that could not be written. Default: nobody is told. */
  readonly onWarning?: (message: string) => void;
  readonly segmentBytes?: number;
  readonly disk?: Disk;
}

/** @throws StoreBusyError, JournalCorruptError, StoreTooNewError; nothing was written then; StoreFailedError when the disk does not do what it should */
export async function openFilesystemStorage(options: FilesystemStorageOptions): Promise<TransferableStorage> {
  try {
    return options.mode === "read" ? await openForReading(options) : await openForWriting(options);
  } catch (cause) {
    throw cause instanceof ProvisioningError ? cause : new StoreFailedError(options.dataDir, { cause });
  }
}

async function openForReading(options: FilesystemStorageOptions): Promise<TransferableStorage> {
  const { dataDir, disk = nodeDisk } = options;
  const folder = `${dataDir}/journal`;
  const reader = new JournalReader(disk, folder);
  await reader.catchUp();
  let closed = false;
  const tables = () => {
    if (closed) throw new StoreClosedError();
    return reader.tables;
  };
  let catchingUp: Promise<void> = Promise.resolve();
  return storageOver(options, {
    tables,
    commit() {
      tables();
      throw new StoreReadOnlyError(dataDir);
    },
    refresh: () => (catchingUp = catchingUp.catch(() => {}).then(() => reader.catchUp())),
    settled: async () => {},
    readEvents: eventReader(disk, folder),
    close: async () => {
      closed = true;
    },
  });
}

async function openForWriting(options: FilesystemStorageOptions): Promise<TransferableStorage> {
  const { dataDir, clock, disk = nodeDisk, command = process.argv.slice(1).join(" ") } = options;
  await disk.makeFolder(dataDir);
  let lost: Error | undefined;
  const onLost = (error: Error) => {
    lost = error;
  };
  const lock = await acquireWriterLock({ folder: dataDir, clock, command, onLost });
  try {
    return await openHeld(options, guardedDisk(disk, lock.assertHeld), lock, () => lost);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function openHeld(
  options: FilesystemStorageOptions,
  disk: Disk,
  lock: WriterLock,
  lost: () => Error | undefined,
): Promise<TransferableStorage> {
  const { dataDir, onWarning = () => {}, segmentBytes = DEFAULT_SEGMENT_BYTES } = options;
  const folder = `${dataDir}/journal`;
  const replayed: StoreRecord[] = [];
  const reader = new JournalReader(disk, folder, (record) => replayed.push(record));
  await reader.catchUp();
  const { tables } = reader;
  const writer = await openWriter();
  let { sequence } = reader.position;
  const mirror = new Mirror(disk, dataDir, () => tables, onWarning);
  for (const record of replayed.splice(0)) mirror.note(record);
  let compacting: Promise<void> = Promise.resolve();
  let isCompacting = false;
  // A snapshot is only worth its size when the journal has grown by as much since the last one.
  let { snapshotBytes } = reader;
  let inSnapshot = 0;
  const sinceSnapshot = () => reader.journalBytes + writer.written - inSnapshot;
  let closing: Promise<void> | undefined;

  async function openWriter(): Promise<JournalWriter> {
    await disk.makeFolder(folder);
    const { segment, offset } = reader.position;
    // Names that somebody gave who was killed before they were durable.
    if (segment === 0) for (const around of [dirname(dataDir), dataDir]) await disk.syncFolder(around);
    await disk.syncFolder(folder);
    if (segment === 0) {
      const file = await createSegment(disk, folder, 1);
      return new JournalWriter({ disk, folder, segment: 1, file, bytes: HEADER_BYTES, segmentBytes, onRotate });
    }
    const path = `${folder}/${journalFile(segment, "log")}`;
    if (reader.isTorn) {
      onWarning(`A write to ${path} had not finished; it was cut off at byte ${offset}. Nothing acknowledged was lost.`);
    }
    // What is read need not be on the disk: a sync may have failed, after which another one says nothing about what was written before it.
    // And whoever still has the old file open writes to one that has no name.
    await disk.replace(path, [(await disk.read(path)).subarray(0, offset)], true);
    await sweep(disk, folder);
    const file = await disk.openForWriting(path);
    return new JournalWriter({ disk, folder, segment, file, bytes: offset, segmentBytes, onRotate });
  }

  function onRotate(segment: number): void {
    const isWorthIt = closing !== undefined || sinceSnapshot() >= snapshotBytes;
    if (isCompacting || !isWorthIt) return;
    isCompacting = true;
    inSnapshot += sinceSnapshot();
    const captured = capture(tables, sequence);
    compacting = compacting
      .then(() =>
        compact({ disk, folder, segment, captured, settled: writer.settled(), rest: createRest(() => closing !== undefined) }),
      )
      .then(
        (bytes) => {
          snapshotBytes = bytes;
        },
        (error: unknown) => onWarning(`The journal could not be shortened: ${String(error)}.`),
      )
      .then(() => {
        isCompacting = false;
      });
  }

  /** What is in memory is old as soon as somebody else writes. */
  const assertOurs = () => {
    const error = lost();
    if (error !== undefined) throw error;
  };
  const commit = (record: StoreRecord): Promise<void> => {
    assertOurs();
    writer.assertUsable();
    const { json, events } = encodeRecord(record);
    sequence += 1;
    apply(tables, record, events);
    mirror.note(record);
    return writer.append(sequence, json);
  };
  const opened = () => {
    if (closing !== undefined) throw new StoreClosedError();
    assertOurs();
    // What is in memory may not be what the disk holds.
    writer.assertUsable();
    return tables;
  };
  const closed = async () => commit({ type: "closed" });
  /** So that opening it again has little to replay. */
  const shorten = async () => {
    if (sinceSnapshot() < Math.max(segmentBytes * SHORT_JOURNAL_SHARE, snapshotBytes * SHORT_JOURNAL_OF_SNAPSHOT)) return;
    writer.assertUsable();
    await writer.turn();
    await compacting;
  };
  const close = async () => {
    // Proves to the next one who opens it that everything before was written whole.
    if (sequence > reader.position.sequence) await closed().catch(() => {});
    await compacting;
    await shorten().catch((error: unknown) => onWarning(`The journal could not be shortened: ${String(error)}.`));
    await writer.close();
    await mirror.close();
    await lock.release();
  };
  // Only one process writes, so whoever held a lease before this one opened the store is gone.
  const abandoned = Array.from(tables.leases.held.values(), ({ lease }) => lease);
  try {
    for (const { scope, token } of abandoned) await commit({ type: "leaseReleased", scope, token });
  } catch (error) {
    await writer.close();
    throw error;
  }
  return storageOver(options, {
    tables: opened,
    commit(record) {
      opened();
      return commit(record);
    },
    refresh: async () => {},
    settled: () => writer.settled(),
    readEvents: eventReader(disk, folder),
    close: () => (closing ??= close()),
  });
}

function eventReader(disk: Disk, folder: string): Ledger["readEvents"] {
  return async ({ summary, archived, events }) => {
    const own = events.toArray();
    return archived === undefined ? own : [...(await readArchived(disk, folder, summary.id, archived)), ...own];
  };
}

function storageOver(options: FilesystemStorageOptions, ledger: Ledger & { close(): Promise<void> }): TransferableStorage {
  const waiting = createWaiting();
  return {
    runs: createRunStore(ledger, waiting),
    queue: createRunQueue(ledger, options.clock, waiting),
    leases: createLeaseStore(ledger, options.clock, options.mode === "write"),
    resources: createResourceStore(ledger),
    transfer: createTransfer(ledger, options.clock),
    async info() {
      await ledger.refresh();
      const { runs, resources } = ledger.tables();
      return { type: "filesystem", mode: options.mode, location: options.dataDir, runs: runs.size, resources: resources.size };
    },
    close: () => ledger.close(),
  };
}
