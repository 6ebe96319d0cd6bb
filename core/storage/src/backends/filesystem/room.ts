/**
 * Room ahead of the end of the journal, filled with zeros. A sync of what is written into it has nothing to do but that: where a file
 * grows, the file system's own journal is synced with it, and whatever else stands in there.
 */

import { randomBytes } from "node:crypto";
import type { Disk, DiskFile } from "./disk.js";
import { createRest } from "./rest.js";
import { encodeHeader } from "./segment.js";

/** A store in which little is written stays small. */
const LEAST_BYTES = 256 * 1024;
const GROWTH = 4;
/** Beyond the size at which a segment is left: its last batch goes over that. */
const MARGIN_SHARE = 1 / 16;
const ZEROS = Buffer.alloc(256 * 1024);

/** Where room should end when `used` bytes are, perhaps before `used`: then there is none. */
export function roomFor(used: number, segmentBytes: number): number {
  const wanted = Math.max(used * GROWTH, LEAST_BYTES);
  return wanted < segmentBytes ? wanted : fullRoom(segmentBytes);
}

function fullRoom(segmentBytes: number): number {
  return segmentBytes + Math.ceil(segmentBytes * MARGIN_SHARE);
}

/** Lasts with the next sync of the file; without harm when it does not. @throws what the disk throws, when it is full for example */
export async function fillRoom(file: DiskFile, from: number, to: number): Promise<void> {
  for (let at = from; at < to; at += ZEROS.length) await file.write(ZEROS.subarray(0, to - at), at);
}

/** The next segment, with all its room, before it is needed. Its name is that of an unfinished file: nobody reads it, and it is swept. */
export class Spare {
  readonly path: string;
  readonly room: number;
  readonly #disk: Disk;
  /** False: it could not be made, and one without room takes its place. */
  readonly #made: Promise<boolean>;
  #isHurried = false;

  constructor(disk: Disk, folder: string, segmentBytes: number) {
    this.#disk = disk;
    // One that another writer left is never taken for this one's.
    this.path = `${folder}/spare-${randomBytes(6).toString("hex")}.part`;
    this.room = fullRoom(segmentBytes);
    this.#made = disk.replace(this.path, this.#chunks(), true).then(
      () => true,
      () => false,
    );
  }

  async *#chunks(): AsyncGenerator<Uint8Array> {
    const header = encodeHeader("log");
    yield header;
    const rest = createRest(() => this.#isHurried);
    for (let at = header.length; at < this.room; at += ZEROS.length) {
      yield ZEROS.subarray(0, this.room - at);
      await rest();
    }
  }

  /** Gives it the name of a segment, durably. False when there is none. @throws what the disk throws */
  async takeAs(path: string): Promise<boolean> {
    this.#isHurried = true;
    if (!(await this.#made)) return false;
    await this.#disk.rename(this.path, path);
    return true;
  }

  /** What is left of it is swept when the store is opened. */
  async drop(): Promise<void> {
    this.#isHurried = true;
    if (await this.#made) await this.#disk.remove(this.path).catch(() => {});
  }
}
