/**
 * What a disk can hold after a power failure. File calls are recorded together with what was acknowledged in between; from them all disks can
 * be built that were possible at a moment: what was synced is there, of everything else any single thing can be missing, and the last
 * write can have come to any byte, or with sectors missing.
 *
 * The rules are those of POSIX and no kinder: data lasts when the file was synced after it was written, a name when its folder was synced after it
 * was given or taken away.
 */

import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { type FileCall, watchFileCalls } from "./file-calls.js";

type Change =
  | { readonly type: "create" | "remove" | "mkdir"; readonly path: string; readonly file: number }
  | { readonly type: "rename" | "link"; readonly path: string; readonly to: string; readonly file: number }
  | { readonly type: "write"; readonly file: number; readonly at: number; readonly data: Uint8Array }
  | { readonly type: "cut"; readonly file: number; readonly at: number };

interface Recorded {
  readonly change: Change;
  /** When it was asked for and when it was done, as places in the log. */
  readonly begun: number;
  done: number;
  /** When it was known to last. */
  durable: number;
  /** A sync that should have made it last failed. */
  isDoomed: boolean;
}

/** One disk that is possible: names of files with what is in them. */
export type DiskImage = ReadonlyMap<string, Buffer>;

export interface PossibleDisk {
  /** What is missing, for people. */
  readonly name: string;
  readonly build: () => DiskImage;
}

const NEVER = Number.POSITIVE_INFINITY;
const SECTOR = 512;
const LATER_STRIDE = 97;

/** Calls of one folder, in order, and acknowledgements between them. */
export class DiskLog<Acknowledged> {
  readonly #folder: string;
  readonly #isWatched: (path: string) => boolean;
  readonly #withoutSyncs: boolean;
  readonly #changes: Recorded[] = [];
  readonly #acknowledged: { readonly at: number; readonly what: Acknowledged }[] = [];
  /** By name, as the programs see it. */
  readonly #files = new Map<string, number>();
  readonly #sizes = new Map<number, number>();
  /** Made while it was recorded. */
  readonly #folders = new Set<string>();
  readonly #open = new Map<FileCall, { readonly changed: readonly Recorded[] } | { readonly synced: readonly Recorded[] }>();
  #made = 0;
  #length = 0;

  /** `isWatched`: what nobody reads after a failure is left out. `withoutSyncs`: as if none did anything. */
  constructor(folder: string, isWatched: (path: string) => boolean, withoutSyncs = false) {
    this.#folder = folder;
    this.#isWatched = (path) => path === folder || isWatched(path.slice(folder.length + 1));
    this.#withoutSyncs = withoutSyncs;
  }

  /** How many moments there are. */
  get length(): number {
    return this.#length;
  }

  /**
   * Until the returned function is called. `trouble`: why a call fails. Data that a sync which failed should have made last is not made so by
   * a later one either: the kernel tells of such a failure once and counts the pages as clean. (Names are kept in the log of the file
   * system, which stops as a whole when it cannot be written.)
   */
  record(trouble: (call: FileCall) => Error | undefined = () => undefined): () => void {
    const before = (call: FileCall) => {
      const error = trouble(call);
      if (error === undefined) return this.#before(call);
      if (call.name === "sync") for (const each of this.#coveredBy(call)) each.isDoomed = isData(each.change);
      throw error;
    };
    return watchFileCalls(this.#folder, { before, after: (call) => this.#after(call) });
  }

  #coveredBy({ path }: FileCall): readonly Recorded[] {
    const open = this.#changes.filter(({ done, durable }) => done <= this.#length && durable === NEVER);
    return open.filter(({ change }) => isCovered(change, path, this.#files));
  }

  acknowledge(what: Acknowledged): void {
    this.#length += 1;
    this.#acknowledged.push({ at: this.#length, what });
  }

  /** Everything that had been acknowledged at a moment. */
  acknowledgedAt(moment: number): readonly Acknowledged[] {
    return this.#acknowledged.filter(({ at }) => at <= moment).map(({ what }) => what);
  }

  /** All disks that were possible at a moment. `stride`: of torn writes only each so many-th byte. */
  *possibleAt(moment: number, stride = 1): Generator<PossibleDisk> {
    const begun = this.#changes.filter((change) => change.begun <= moment);
    const open = begun.filter((change) => change.durable > moment);
    yield this.#disk("everything", begun);
    if (open.length === 0) return;
    yield this.#disk(
      "only what was synced",
      begun.filter((change) => change.durable <= moment),
    );
    for (const missing of open)
      yield this.#disk(
        `without ${nameOf(missing)}`,
        begun.filter((change) => change !== missing),
      );
    const last = open.findLast(({ change }) => change.type === "write");
    if (last === undefined || last.change.type !== "write") return;
    const { change } = last;
    const instead = (changes: readonly Change[]) =>
      begun.flatMap((each) => (each === last ? changes.map((other) => ({ ...last, change: other })) : [each]));
    // Once each byte; at later moments, when other things may have happened, only some.
    const step = last.begun === moment ? stride : Math.max(stride, LATER_STRIDE);
    for (let bytes = 1 + (moment % step); bytes < change.data.length; bytes += step) {
      yield this.#disk(
        `${nameOf(last)} torn after ${bytes} bytes`,
        instead([{ ...change, data: change.data.subarray(0, bytes) }]),
      );
    }
    const sectors = sectorsOf(change.at, change.data);
    if (sectors.length < 2) return;
    for (let index = 0; index < sectors.length; index += 1) {
      const blank = (isBlank: (other: number) => boolean) =>
        sectors.map(({ at, data }, other) => ({ ...change, at, data: isBlank(other) ? new Uint8Array(data.length) : data }));
      yield this.#disk(`${nameOf(last)} without sector ${index}`, instead(blank((other) => other === index)));
      yield this.#disk(`${nameOf(last)} with nothing but sector ${index}`, instead(blank((other) => other !== index)));
    }
  }

  #before(call: FileCall): void {
    const { name, path } = call;
    if (!this.#isWatched(path) && !(call.to !== undefined && this.#isWatched(call.to))) return;
    this.#length += 1;
    if (name === "sync") {
      if (this.#withoutSyncs) return;
      this.#open.set(call, { synced: this.#coveredBy(call).filter(({ isDoomed }) => !isDoomed) });
      return;
    }
    const changed = this.#changesOf(call).map((change) => ({
      change,
      begun: this.#length,
      done: NEVER,
      durable: NEVER,
      isDoomed: false,
    }));
    this.#changes.push(...changed);
    this.#open.set(call, { changed });
  }

  #after(call: FileCall): void {
    const open = this.#open.get(call);
    if (open === undefined) return;
    this.#open.delete(call);
    this.#length += 1;
    if ("synced" in open) for (const each of open.synced) each.durable = Math.min(each.durable, this.#length);
    else for (const each of open.changed) each.done = this.#length;
  }

  #changesOf({ name, path, to = "", empties = false, data, at, appends = false }: FileCall): readonly Change[] {
    const file = this.#files.get(path) ?? 0;
    switch (name) {
      case "open": {
        if (!empties) return [];
        if (file !== 0) return [this.#cut(file, 0)];
        this.#made += 1;
        this.#files.set(path, this.#made);
        this.#sizes.set(this.#made, 0);
        return [{ type: "create", path, file: this.#made }];
      }
      case "write": {
        const size = this.#sizes.get(file) ?? 0;
        // A copy: whoever writes may use the buffer again.
        const bytes = new Uint8Array(data ?? []);
        const start = appends ? size : (at ?? size);
        this.#sizes.set(file, Math.max(size, start + bytes.length));
        return [{ type: "write", file, at: start, data: bytes }];
      }
      case "truncate":
        return [this.#cut(file, at ?? 0)];
      case "rename":
        this.#files.delete(path);
        this.#files.set(to, file);
        return [{ type: "rename", path, to, file }];
      case "link":
        this.#files.set(to, file);
        return [{ type: "link", path, to, file }];
      case "remove":
        this.#files.delete(path);
        return [{ type: "remove", path, file }];
      case "mkdir":
        return this.#newFolders(path).map((folder) => ({ type: "mkdir" as const, path: folder, file: 0 }));
      default:
        return [];
    }
  }

  /** Outermost first. */
  #newFolders(path: string): readonly string[] {
    if (existsSync(path)) return [];
    const outer = this.#newFolders(dirname(path));
    this.#folders.add(path);
    return [...outer, path];
  }

  #cut(file: number, at: number): Change {
    this.#sizes.set(file, at);
    return { type: "cut", file, at };
  }

  #disk(name: string, changes: readonly Recorded[]): PossibleDisk {
    return {
      name,
      build: () =>
        build(
          changes.map(({ change }) => change),
          (folder) => this.#folders.has(folder),
        ),
    };
  }
}

function isData({ type }: Change): boolean {
  return type === "write" || type === "cut";
}

/** Whether syncing the file or folder of that name makes the change last. */
function isCovered(change: Change, path: string, files: ReadonlyMap<string, number>): boolean {
  if (change.type === "write" || change.type === "cut") return files.get(path) === change.file;
  if (dirname(change.path) === path) return true;
  return "to" in change && dirname(change.to) === path;
}

/** A file is only there when all folders that were made for it are. */
function build(changes: readonly Change[], isMade: (folder: string) => boolean): DiskImage {
  const names = new Map<string, number>();
  const folders = new Set<string>();
  for (const change of changes) {
    if (change.type === "mkdir") folders.add(change.path);
    if (change.type === "create") names.set(change.path, change.file);
    if (change.type === "rename" || change.type === "remove") names.delete(change.path);
    if (change.type === "rename" || change.type === "link") names.set(change.to, change.file);
  }
  const isReachable = (path: string): boolean => {
    for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
      if (isMade(folder) && !folders.has(folder)) return false;
    }
    return true;
  };
  const reachable = [...names].filter(([path]) => isReachable(path));
  return new Map(reachable.map(([path, file]) => [path, contentOf(file, changes)]));
}

function contentOf(file: number, changes: readonly Change[]): Buffer {
  const own = changes.filter((change) => change.file === file);
  const end = Math.max(0, ...own.map((change) => (change.type === "write" ? change.at + change.data.length : 0)));
  const bytes = Buffer.alloc(end);
  let size = 0;
  for (const change of own) {
    if (change.type === "write") {
      bytes.set(change.data, change.at);
      size = Math.max(size, change.at + change.data.length);
    } else if (change.type === "cut") {
      bytes.fill(0, change.at, size);
      size = change.at;
    }
  }
  return bytes.subarray(0, size);
}

/** Sectors are cut where the disk cuts them, not where the write begins. */
function sectorsOf(at: number, data: Uint8Array): readonly { readonly at: number; readonly data: Uint8Array }[] {
  const found: { at: number; data: Uint8Array }[] = [];
  for (let from = 0; from < data.length; ) {
    const to = Math.min(data.length, from + SECTOR - ((at + from) % SECTOR));
    found.push({ at: at + from, data: data.subarray(from, to) });
    from = to;
  }
  return found;
}

function nameOf({ change }: Recorded): string {
  if (change.type === "write") return `write of ${change.data.length} bytes`;
  return "path" in change ? `${change.type} ${change.path.split("/").at(-1)}` : change.type;
}
