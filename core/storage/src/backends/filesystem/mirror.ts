/**
 * Readable JSON files, written behind the journal for people and scripts to look at. The platform never reads them: the journal is
 * the truth, and what it replays when the store is opened is written here again.
 *
 *     queue.rkvs/tasks/<run>.json    the run with all its events
 *     queue.rkvs/queue/<run>.json    its summary, while it is pending or running
 *     state/<infra>/<address>.json   a recorded resource
 *
 * Of runs there are copies of the last thousand that changed; all of them are in the journal.
 */

import type { Address, InfraName, RunId } from "@provisioning/model";
import type { StoreRecord } from "../../tables/records.js";
import type { RunEntry } from "../../tables/run-table.js";
import type { Tables } from "../../tables/tables.js";
import type { Disk } from "./disk.js";
import { readArchived } from "./snapshot.js";

/** Between two rounds, so that a busy run is not written at each of its events. */
const PAUSE_MS = 100;
/** A round that took long is followed by a pause this many times as long. */
const PAUSE_FACTOR = 100;

/** In one round: a burst of runs is not held up by copies of them. */
const RUNS_PER_ROUND = 10;

/** More files than a person looks through, and few enough that writing them never holds up a busy store. */
const MAX_RUN_COPIES = 1000;

interface ResourceKey {
  readonly infra: InfraName;
  readonly address: Address;
}

export class Mirror {
  readonly #disk: Disk;
  readonly #dataDir: string;
  readonly #tables: () => Tables;
  readonly #onWarning: (message: string) => void;
  readonly #folders = new Set<string>();
  /** To be written, in the order of their first change since they were written. */
  #runs = new Set<RunId>();
  /** File names of the copies there are, oldest first; known after the first round. */
  #copies: Set<string> | undefined;
  #resources = new Map<string, ResourceKey>();
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(disk: Disk, dataDir: string, tables: () => Tables, onWarning: (message: string) => void) {
    this.#disk = disk;
    this.#dataDir = dataDir;
    this.#tables = tables;
    this.#onWarning = onWarning;
  }

  /** What the record touched is written soon. */
  note(record: StoreRecord): void {
    if (record.type === "runEvents") this.#noteRun(record.run);
    else if (record.type === "runsForgotten") for (const run of record.runs) this.#noteRun(run);
    else if (record.type === "resourcesWritten") {
      for (const write of record.writes) {
        const { infra, address } = write.type === "put" ? write.record : write;
        this.#resources.set(`${infra}/${address}`, { infra, address });
      }
    } else return;
    this.#schedule(PAUSE_MS);
  }

  #noteRun(run: RunId): void {
    if (this.#runs.has(run)) return;
    this.#runs.add(run);
    if (this.#runs.size > MAX_RUN_COPIES) dropFirst(this.#runs);
  }

  /** Writes everything that is left. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    do await this.#next();
    while (this.#isBehind);
  }

  get #isBehind(): boolean {
    return this.#runs.size + this.#resources.size > 0;
  }

  /** One round. Problems are warnings: nothing depends on these files. */
  async #next(): Promise<void> {
    const round = this.#round.then(() => this.#write());
    this.#round = round.catch((error: unknown) => this.#onWarning(`The readable copies could not be written: ${String(error)}.`));
    await this.#round;
  }

  #schedule(pauseMs: number): void {
    if (this.#timer !== undefined || this.#closed) return;
    this.#timer = setTimeout(async () => {
      const began = performance.now();
      await this.#next();
      const tookMs = performance.now() - began;
      this.#timer = undefined;
      if (this.#isBehind) this.#schedule(Math.max(PAUSE_MS, tookMs * PAUSE_FACTOR));
    }, pauseMs);
    this.#timer.unref();
  }

  /** The resources, and as many runs as one round takes. */
  async #write(): Promise<void> {
    const runs = [...this.#runs].slice(0, RUNS_PER_ROUND);
    for (const id of runs) this.#runs.delete(id);
    const resources = this.#resources;
    this.#resources = new Map();
    for (const id of runs) {
      const entry = this.#tables().runs.find(id);
      await (entry === undefined ? this.#removeCopy(`${fileName(id)}.json`) : this.#writeRun(entry));
    }
    await this.#removeOldCopies();
    for (const key of resources.values()) await this.#writeResource(key);
  }

  async #writeRun(entry: RunEntry): Promise<void> {
    const { summary, events, archived } = entry;
    const name = `${fileName(summary.id)}.json`;
    const folder = `${this.#dataDir}/journal`;
    const before = archived === undefined ? [] : await readArchived(this.#disk, folder, summary.id, archived);
    await this.#replace("queue.rkvs/tasks", name, { ...summary, events: [...before, ...events.toArray()] });
    await this.#noteCopy(name);
    const isQueued = summary.status === "pending" || summary.status === "running" || summary.status === "rollingBack";
    if (isQueued) await this.#replace("queue.rkvs/queue", name, summary);
    else await this.#disk.remove(`${this.#dataDir}/queue.rkvs/queue/${name}`);
  }

  async #noteCopy(name: string): Promise<void> {
    this.#copies ??= new Set((await this.#disk.list(`${this.#dataDir}/queue.rkvs/tasks`)).toSorted());
    this.#copies.delete(name);
    this.#copies.add(name);
  }

  async #removeOldCopies(): Promise<void> {
    while (this.#copies !== undefined && this.#copies.size > MAX_RUN_COPIES) {
      await this.#removeCopy(dropFirst(this.#copies));
    }
  }

  async #removeCopy(name: string): Promise<void> {
    this.#copies?.delete(name);
    for (const folder of ["tasks", "queue"]) await this.#disk.remove(`${this.#dataDir}/queue.rkvs/${folder}/${name}`);
  }

  async #writeResource({ infra, address }: ResourceKey): Promise<void> {
    const folder = `state/${fileName(infra)}`;
    const name = `${fileName(address)}.json`;
    const resource = this.#tables().resources.get(infra, address);
    if (resource === undefined) await this.#disk.remove(`${this.#dataDir}/${folder}/${name}`);
    else await this.#replace(folder, name, { version: resource.version, ...resource.record });
  }

  async #replace(folder: string, name: string, content: unknown): Promise<void> {
    const path = `${this.#dataDir}/${folder}`;
    if (!this.#folders.has(folder)) await this.#disk.makeFolder(path);
    this.#folders.add(folder);
    const text = `${JSON.stringify(content, undefined, 2)}\n`;
    await this.#disk.replace(`${path}/${name}`, [Buffer.from(text)], false);
  }
}

/** Ids and names are checked where they enter; here a stored one can still never leave its folder. */
function fileName(value: string): string {
  return encodeURIComponent(value).replace(/^\./, "%2E");
}

/** The one that was added first; the set must not be empty. */
function dropFirst<T>(set: Set<T>): T {
  const first = set.values().next().value as T;
  set.delete(first);
  return first;
}
