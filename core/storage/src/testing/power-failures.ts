/**
 * Power failures at every moment of a journal's life: it is written, shortened, closed and opened again while all file calls are recorded, and every
 * disk that was possible at any moment is opened. Everything acknowledged must be there, nothing that was never written, and opening
 * must not need anybody.
 */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { type RunEvent, type RunId, systemClock } from "@provisioning/model";
import type { Disk } from "../backends/filesystem/disk.js";
import { openFilesystemStorage } from "../backends/filesystem/filesystem-storage.js";
import type { Storage, StorageMode } from "../ports/storage.js";
import { type DiskImage, DiskLog } from "./disk-images.js";
import type { FileCall } from "./file-calls.js";
import { seededRandom } from "./random.js";
import { sampleRun } from "./samples.js";

export interface PowerFailureOptions {
  readonly seed: number;
  /** Appends and submissions, some of them at the same time. */
  readonly writes: number;
  /** Of torn writes only each so many-th byte. Default 1: every byte. */
  readonly stride?: number;
  /** Each so many-th disk is also opened for writing, written to and opened again. */
  readonly writeEvery: number;
  /** Which share of all syncs fails; the store is opened again after each. Default: none. */
  readonly failingSyncs?: number;
  /** As if no sync did anything: to see that this is found. */
  readonly withoutSyncs?: boolean;
  readonly onProgress?: (report: PowerFailureReport) => void;
}

export interface PowerFailureReport {
  moments: number;
  disks: number;
  /** Opened for writing as well. */
  written: number;
  /** Of which not everything could be read: how the damage was named. */
  readonly refusals: string[];
  /** Lost, invented, not named. */
  readonly problems: string[];
}

interface Acknowledged {
  readonly run: RunId;
  readonly version: number;
}

const SEGMENT_BYTES = 6_000;
const MOST_AT_ONCE = 12;
const MOST_PROBLEMS = 20;

export async function failPowerEverywhere(options: PowerFailureOptions): Promise<PowerFailureReport> {
  const folder = await mkdtemp(join(tmpdir(), "provisioning-power-"));
  const report: PowerFailureReport = { moments: 0, disks: 0, written: 0, refusals: [], problems: [] };
  try {
    const store = join(folder, "store");
    const log = new DiskLog<Acknowledged>(folder, isRead, options.withoutSyncs);
    const histories = await writeLog(store, log, options);
    for (let moment = 0; moment <= log.length && report.problems.length < MOST_PROBLEMS; moment += 1) {
      report.moments += 1;
      for (const { name, build } of log.possibleAt(moment, options.stride)) {
        report.disks += 1;
        const examined = { image: build(), folder: store, acknowledged: log.acknowledgedAt(moment), histories };
        const isWritten = report.disks % options.writeEvery === 0;
        if (isWritten) report.written += 1;
        const found = await examine(examined, isWritten);
        report.refusals.push(...found.refusals.map((text) => `moment ${moment}, ${name}: ${text}`));
        report.problems.push(...found.problems.map((text) => `moment ${moment}, ${name}: ${text}`));
      }
      options.onProgress?.(report);
    }
    return report;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Readable copies and the lock of a process that is gone are not read after a power failure. */
function isRead(path: string): boolean {
  return path === "store" || path.startsWith("store/journal");
}

type Histories = ReadonlyMap<RunId, readonly RunEvent[]>;

/** All that may ever be found of each run, whether or not it was acknowledged. */
async function writeLog(dataDir: string, log: DiskLog<Acknowledged>, options: PowerFailureOptions): Promise<Histories> {
  const { seed, writes, failingSyncs = 0 } = options;
  const random = seededRandom(seed);
  const histories = new Map<RunId, readonly RunEvent[]>();
  const isFailing = ({ name, path }: FileCall) =>
    name === "sync" && path.startsWith(`${dataDir}/journal`) && random() < failingSyncs;
  const stop = log.record((call) => (isFailing(call) ? new Error("EIO: i/o error, fsync") : undefined));
  try {
    for (let left = writes; left > 0; ) {
      const storage = await reopened(dataDir);
      const writer = new Writer(storage, log, histories, random);
      await writer.takeUp();
      for (const until = Math.max(0, left - writes / 2); left > until && !writer.isBroken; ) {
        const together = random() < 0.5 ? 1 : Math.min(left, 2 + Math.floor(random() * MOST_AT_ONCE));
        left -= together;
        await Promise.all(Array.from({ length: together }, () => writer.write()));
      }
      await storage.close();
    }
  } finally {
    stop();
  }
  return histories;
}

/** Opening can fail, too. */
async function reopened(dataDir: string): Promise<Storage> {
  for (;;) {
    try {
      return await openFilesystemStorage({ dataDir, clock: systemClock, mode: "write", segmentBytes: SEGMENT_BYTES });
    } catch (error) {
      if (!String(error).includes("EIO")) throw error;
    }
  }
}

/** Begins runs, or brings them a step further; ended ones go to archives. */
class Writer {
  /** The store failed: it has to be opened again. */
  isBroken = false;
  readonly #storage: Storage;
  readonly #log: DiskLog<Acknowledged>;
  readonly #histories: Map<RunId, readonly RunEvent[]>;
  readonly #random: () => number;
  /** Versions of runs that nothing is being written to. */
  readonly #idle = new Map<RunId, number>();

  constructor(storage: Storage, log: DiskLog<Acknowledged>, histories: Map<RunId, readonly RunEvent[]>, random: () => number) {
    this.#storage = storage;
    this.#log = log;
    this.#histories = histories;
    this.#random = random;
  }

  /** Goes on with what is there. */
  async takeUp(): Promise<void> {
    for (const { id, version } of (await this.#storage.runs.list({ limit: 1000 })).runs) this.#idle.set(id, version);
  }

  async write(): Promise<void> {
    const open = [...this.#idle].filter(([, version]) => version <= LIFE.length);
    const [id, version] = open[Math.floor(this.#random() * open.length * 2)] ?? [];
    try {
      if (id === undefined || version === undefined) await this.#begin();
      else await this.#goOn(id, version);
    } catch (error) {
      if ((error as { code?: string }).code !== "STORE_FAILED") throw error;
      this.isBroken = true;
    }
  }

  async #begin(): Promise<void> {
    const definition = sampleRun({ labels: { filling: "x".repeat(Math.floor(this.#random() ** 3 * 1500)) } });
    this.#histories.set(definition.id, [{ type: "runSubmitted", at: definition.createdAt, definition }, ...LIFE]);
    await this.#storage.runs.submit(definition);
    this.#acknowledged(definition.id, 1);
  }

  async #goOn(id: RunId, version: number): Promise<void> {
    this.#idle.delete(id);
    this.#acknowledged(id, await this.#storage.runs.append(id, version, [LIFE[version - 1] as RunEvent]));
  }

  #acknowledged(run: RunId, version: number): void {
    this.#log.acknowledge({ run, version });
    this.#idle.set(run, version);
  }
}

const LIFE: readonly RunEvent[] = [
  { type: "runClaimed", at: 1, holder: "worker", token: 1 },
  { type: "operationStarted", at: 2, operation: "one" as never, attempt: 1, token: 1 },
  { type: "operationCompleted", at: 3, operation: "one" as never, attempt: 1, output: "x".repeat(700) },
  { type: "runEnded", at: 4, status: "completed" },
];

interface Examined {
  readonly image: DiskImage;
  readonly folder: string;
  readonly acknowledged: readonly Acknowledged[];
  readonly histories: Histories;
}

interface Found {
  readonly refusals: readonly string[];
  readonly problems: readonly string[];
}

async function examine(examined: Examined, isWritten: boolean): Promise<Found> {
  const disk = diskOf(examined.image);
  const read = await look(examined, disk, "read");
  if (!isWritten || read.refusals.length + read.problems.length > 0) return read;
  const written = await look(examined, disk, "write");
  if (written.refusals.length + written.problems.length > 0) return written;
  return look(examined, disk, "read");
}

/** For writing: something more is written, too. */
async function look({ folder, acknowledged, histories }: Examined, disk: Disk, mode: StorageMode): Promise<Found> {
  const problems: string[] = [];
  let storage: Storage;
  try {
    storage = await openFilesystemStorage({ dataDir: folder, clock: systemClock, mode, disk, segmentBytes: SEGMENT_BYTES });
  } catch (error) {
    return sortRefusal(error, mode);
  }
  try {
    const { runs } = await storage.runs.list({ limit: 1000 });
    const versions = new Map(runs.map(({ id, version }) => [id, version]));
    for (const { run, version } of acknowledged) {
      const found = versions.get(run) ?? 0;
      if (found < version) problems.push(`${run} was acknowledged at ${version} and is at ${found} (${mode})`);
    }
    for (const id of versions.keys()) {
      if (ADDED.has(id)) continue;
      const { events } = await storage.runs.load(id);
      const isWritten = isDeepStrictEqual(events, histories.get(id)?.slice(0, events.length));
      if (!isWritten || events.length !== versions.get(id)) problems.push(`${id} is not what was written (${mode})`);
    }
    if (mode === "write") await add(storage);
  } catch (error) {
    problems.push(`${mode}: ${String(error)}`);
  }
  await storage.close();
  return { refusals: [], problems };
}

async function add(storage: Storage): Promise<void> {
  const definition = sampleRun();
  ADDED.add(definition.id);
  await storage.runs.submit(definition);
}

/** Written by looks for writing. */
const ADDED = new Set<RunId>();

/** A refusal that names file and byte is no silent loss; any other is a bug. */
function sortRefusal(error: unknown, mode: StorageMode): Found {
  const { code, details } = error as { code?: string; details?: { file?: string; offset?: number } };
  const isNamed = code === "JOURNAL_CORRUPT" && details?.file !== undefined && details.offset !== undefined;
  return isNamed
    ? { refusals: [`${mode}: ${String(error)}`], problems: [] }
    : { refusals: [], problems: [`${mode}: ${String(error)}`] };
}

/** In memory: a disk is gone when it has been looked at. */
function diskOf(image: DiskImage): Disk {
  const files = new Map(image);
  const missing = (path: string) => Object.assign(new Error(`ENOENT: ${path}`), { code: "ENOENT" });
  const content = (path: string) => {
    const found = files.get(path);
    if (found === undefined) throw missing(path);
    return found;
  };
  return {
    async openForWriting(path) {
      content(path);
      return {
        async write(data, at) {
          const before = content(path);
          const after = Buffer.alloc(Math.max(before.length, at + data.length));
          after.set(before);
          after.set(data, at);
          files.set(path, after);
        },
        async cut(bytes) {
          files.set(path, content(path).subarray(0, bytes));
        },
        sync: async () => {},
        close: async () => {},
      };
    },
    async replace(path, chunks) {
      const parts: Uint8Array[] = [];
      for await (const chunk of chunks) parts.push(chunk);
      files.set(path, Buffer.concat(parts));
    },
    async rename(path, to) {
      files.set(to, content(path));
      files.delete(path);
    },
    read: async (path, offset = 0, bytes) => content(path).subarray(offset, bytes === undefined ? undefined : offset + bytes),
    list: async (path) =>
      [...files.keys()].filter((name) => name.startsWith(`${path}/`)).map((name) => name.slice(path.length + 1)),
    makeFolder: async () => {},
    async remove(path) {
      files.delete(path);
    },
    syncFolder: async () => {},
  };
}
