/** The few operations on files that durability rests on, as an argument, so that tests can count them and let them fail. */

import { writeSync } from "node:fs";
import { type FileHandle, mkdir, open, readdir, readFile, rename, unlink } from "node:fs/promises";
import { dirname, resolve } from "node:path";

export interface DiskFile {
  /** `at`: bytes from the beginning. */
  write(data: Uint8Array, at: number): Promise<void>;
  /** What was written is durable when it resolves. */
  sync(): Promise<void>;
  /** Leaves the first `bytes`; durable when it resolves if `durable`. */
  cut(bytes: number, durable: boolean): Promise<void>;
  close(): Promise<void>;
}

export interface Disk {
  /** A file that is there. */
  openForWriting(path: string): Promise<DiskFile>;
  /** Replaces `path` in one step; durable when it resolves if `durable`. */
  replace(path: string, chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>, durable: boolean): Promise<void>;
  /** Another name for a file, in one step; durable when it resolves. */
  rename(path: string, to: string): Promise<void>;
  /** From `offset` on: at most `bytes`, else to the end. */
  read(path: string, offset?: number, bytes?: number): Promise<Buffer>;
  /** Names in a folder; none when there is no folder. */
  list(path: string): Promise<readonly string[]>;
  /** With the folders around it; durable when it resolves, unless they were there. */
  makeFolder(path: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Makes names that were added to or removed from the folder durable. */
  syncFolder(path: string): Promise<void>;
}

const SMALL_WRITE = 64 * 1024;
const PIECE_BYTES = 256 * 1024;

/** What we store may tell about a user's machines: nobody else reads it. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

export const nodeDisk: Disk = {
  async openForWriting(path) {
    return diskFile(await open(path, "r+"));
  },
  async replace(path, chunks, durable) {
    const part = `${path}.part`;
    const handle = await open(part, "w", FILE_MODE);
    try {
      for await (const piece of inPieces(chunks)) {
        await writeAll(handle, piece);
        // Piece by piece: who syncs a small write beside it would wait until all of it is on the disk.
        if (durable) await handle.datasync();
      }
      if (durable) await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(part, path);
    if (durable) await syncFolder(folderOf(path));
  },
  async rename(path, to) {
    await rename(path, to);
    await syncFolder(folderOf(to));
  },
  async read(path, offset = 0, bytes) {
    if (offset === 0 && bytes === undefined) return readFile(path);
    const handle = await open(path, "r");
    try {
      const wanted = bytes ?? Math.max(0, (await handle.stat()).size - offset);
      const buffer = Buffer.alloc(wanted);
      const { bytesRead } = await handle.read(buffer, 0, wanted, offset);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  },
  async list(path) {
    try {
      return await readdir(path);
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  },
  async makeFolder(path) {
    const outermost = await mkdir(path, { recursive: true, mode: FOLDER_MODE });
    if (outermost === undefined) return;
    // A new name lasts when the folder around it is synced.
    for (let made = resolve(path); made.length >= resolve(outermost).length; made = dirname(made))
      await syncFolder(dirname(made));
  },
  remove: (path) =>
    unlink(path).catch((error: unknown) => {
      if (!isMissing(error)) throw error;
    }),
  syncFolder,
};

export function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}

function diskFile(handle: FileHandle): DiskFile {
  return {
    async write(data, at) {
      // Into the page cache: for little data that is faster than handing it to another thread.
      const written = data.byteLength <= SMALL_WRITE ? writeSync(handle.fd, data, 0, data.byteLength, at) : 0;
      await writeAll(handle, data.subarray(written), at + written);
    },
    sync: () => handle.datasync(),
    async cut(bytes, durable) {
      await handle.truncate(bytes);
      if (durable) await handle.sync();
    },
    close: () => handle.close(),
  };
}

/** Many small chunks cost as little as few large ones. */
async function* inPieces(chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let gathered: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    gathered.push(chunk);
    bytes += chunk.byteLength;
    if (bytes < PIECE_BYTES) continue;
    yield Buffer.concat(gathered);
    gathered = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(gathered);
}

/** `at`: behind what was written before if absent. */
async function writeAll(handle: FileHandle, data: Uint8Array, at?: number): Promise<void> {
  for (let done = 0; done < data.byteLength; ) {
    const { bytesWritten } = await handle.write(data, done, data.byteLength - done, at === undefined ? null : at + done);
    done += bytesWritten;
  }
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, "r");
  await handle.sync().finally(() => handle.close());
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf("/")));
}
