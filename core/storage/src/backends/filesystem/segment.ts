/**
 * A segment of the journal: a header line that says the format, then frames, then zeros where room for more has been made. Names sort by
 * number.
 */

import { StoreTooNewError } from "../../errors.js";
import { JournalCorruptError } from "./journal-errors.js";
import { decodeFrame, findFrameAfter } from "./frame.js";

/** The newest format this program reads and the one it writes. */
export const JOURNAL_FORMAT = 1;

export type JournalFileKind = "log" | "snapshot" | "archive";

export function journalFile(number: number, kind: JournalFileKind): string {
  return `${String(number).padStart(8, "0")}.${kind}`;
}

/** Numbers of the files of a kind, ascending. */
export function numbersOf(names: readonly string[], kind: JournalFileKind): readonly number[] {
  return names
    .map((name) => new RegExp(`^(\\d{8})\\.${kind}$`).exec(name)?.[1])
    .filter((digits) => digits !== undefined)
    .map(Number)
    .sort((a, b) => a - b);
}

export function encodeHeader(kind: JournalFileKind): Buffer {
  return Buffer.from(`provisioning-${kind} format=${JOURNAL_FORMAT}\n`);
}

/** Offset of the first frame. @throws StoreTooNewError, JournalCorruptError */
export function readHeader(file: string, kind: JournalFileKind, bytes: Buffer): number {
  const match = /^provisioning-([a-z]+) format=(\d{1,9})\n/.exec(bytes.toString("latin1", 0, 64));
  if (match === null || match[1] !== kind || Number(match[2]) < 1)
    throw new JournalCorruptError(file, 0, "the first line is not a header");
  if (Number(match[2]) > JOURNAL_FORMAT) throw new StoreTooNewError(file, Number(match[2]), JOURNAL_FORMAT);
  return match[0].length;
}

export interface SegmentScan {
  /** Offset after the last good frame. */
  readonly end: number;
  readonly sequence: number;
  /** What follows `end`, apart from zeros, is a write that did not finish. */
  readonly torn: boolean;
}

export interface ScanOptions {
  readonly file: string;
  /** The file from `offset` on. */
  readonly bytes: Buffer;
  readonly offset: number;
  /** Of the frame before `offset`. */
  readonly sequence: number;
  /** Nothing is written to it any more, so every frame must be whole. */
  readonly complete: boolean;
}

/**
 * Hands every good frame to `take`. A bad frame is the torn end of what was being written unless something follows that was written
 * after it had been synced. @throws JournalCorruptError otherwise
 */
export function scanFrames(options: ScanOptions, take: (sequence: number, json: string) => void): SegmentScan {
  const { file, complete } = options;
  // Room that was not used is given back before a segment is complete.
  const bytes = complete ? options.bytes : withoutRoom(options.bytes);
  let at = 0;
  let { sequence } = options;
  while (at < bytes.length) {
    const frame = decodeFrame(bytes, at);
    if (frame === undefined) {
      const later = findFrameAfter(bytes, at);
      if (complete || (later !== undefined && later.firstUnsynced > sequence + 1)) {
        throw new JournalCorruptError(file, options.offset + at, "a record is damaged and later ones are not");
      }
      return { end: options.offset + at, sequence, torn: true };
    }
    if (frame.sequence !== sequence + 1) {
      throw new JournalCorruptError(
        file,
        options.offset + at,
        `record ${sequence + 1} is missing, ${frame.sequence} stands in its place`,
      );
    }
    take(frame.sequence, frame.json);
    at = frame.end;
    sequence = frame.sequence;
  }
  return { end: options.offset + at, sequence, torn: false };
}

const NOTHING = Buffer.alloc(64 * 1024);

/** Without the zeros at the end. No frame ends in one. */
function withoutRoom(bytes: Buffer): Buffer {
  let end = bytes.length;
  while (end >= NOTHING.length && bytes.compare(NOTHING, 0, NOTHING.length, end - NOTHING.length, end) === 0)
    end -= NOTHING.length;
  while (end > 0 && bytes[end - 1] === 0) end -= 1;
  return bytes.subarray(0, end);
}
