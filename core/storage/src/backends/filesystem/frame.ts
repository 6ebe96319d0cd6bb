/**
 * One record as a line of text that proves itself:
 *
 *     <length, 8 hex> <CRC-32, 8 hex> <sequence> <first unsynced> <JSON>\n
 *
 * Length and checksum are those of everything after the second space up to the end of the line. Sequence numbers have no gaps.
 * `first unsynced` is the sequence of the first record that was not yet known to be on the disk when this one was written, perhaps its
 * own: it tells a write that never finished from damage to one that did.
 */

import { crc32 } from "node:zlib";

export interface Frame {
  readonly sequence: number;
  readonly firstUnsynced: number;
  readonly json: string;
  /** Offset just after the line. */
  readonly end: number;
}

/** `<length> <checksum> ` */
const PREFIX = 18;
const NEWLINE = 0x0a;
const SPACE = 0x20;
const ZERO = 0x30;
const NINE = 0x39;
const LOWER_A = 0x61;
const HEX = "0123456789abcdef";
const HEX_DIGITS = 8;

export interface Payload {
  readonly sequence: number;
  readonly json: string;
}

export function encodeFrame(sequence: number, firstUnsynced: number, json: string): Buffer {
  return encodeFrames([{ sequence, json }], firstUnsynced);
}

/** Frames one behind the other. `into`: a buffer that may be used for them if it is large enough. */
export function encodeFrames(payloads: readonly Payload[], firstUnsynced: number, into?: Buffer): Buffer {
  let capacity = 0;
  for (const { json } of payloads) capacity += json.length * MAX_BYTES_PER_UNIT + MAX_OVERHEAD;
  const bytes = into === undefined || into.length < capacity ? Buffer.allocUnsafe(capacity) : into;
  let at = 0;
  for (const { sequence, json } of payloads) {
    const start = at + PREFIX;
    const end = start + bytes.write(`${sequence} ${firstUnsynced} ${json}`, start);
    writeHex(bytes, at, end - start);
    writeHex(bytes, at + HEX_DIGITS + 1, crc32(bytes.subarray(start, end)));
    bytes[end] = NEWLINE;
    at = end + 1;
  }
  return bytes.subarray(0, at);
}

/** Of 32 bits, and a space. */
function writeHex(bytes: Buffer, at: number, value: number): void {
  for (let digit = 0; digit < HEX_DIGITS; digit += 1) {
    bytes[at + digit] = HEX.charCodeAt((value >>> (28 - 4 * digit)) & 0xf);
  }
  bytes[at + HEX_DIGITS] = SPACE;
}

/** What a UTF-16 unit takes in UTF-8 at most. */
const MAX_BYTES_PER_UNIT = 3;
/** Everything around the JSON: prefix, two numbers of at most 16 digits, spaces and newline. */
const MAX_OVERHEAD = 64;

/** The frame that starts at `offset`, or nothing if there is no whole and undamaged one. */
export function decodeFrame(bytes: Buffer, offset: number): Frame | undefined {
  const start = offset + PREFIX;
  const length = readHex(bytes, offset);
  const checksum = readHex(bytes, offset + HEX_DIGITS + 1);
  if (length === undefined || checksum === undefined) return undefined;
  const end = start + length;
  if (end >= bytes.length || bytes[end] !== NEWLINE) return undefined;
  if (crc32(bytes.subarray(start, end)) !== checksum) return undefined;
  const sequence = readNumber(bytes, start, end);
  const firstUnsynced = sequence === undefined ? undefined : readNumber(bytes, sequence.end, end);
  if (sequence === undefined || firstUnsynced === undefined) return undefined;
  return {
    sequence: sequence.value,
    firstUnsynced: firstUnsynced.value,
    json: bytes.toString("utf8", firstUnsynced.end, end),
    end: end + 1,
  };
}

/** 32 bits with a space behind. By hand, because a journal has many thousand frames and people wait until they are read. */
function readHex(bytes: Buffer, at: number): number | undefined {
  if (bytes[at + HEX_DIGITS] !== SPACE) return undefined;
  let value = 0;
  for (let index = at; index < at + HEX_DIGITS; index += 1) {
    const code = bytes[index] as number;
    const digit = code < NINE + 1 ? code - ZERO : code - LOWER_A + 10;
    if (digit < 0 || digit > 15 || (code > NINE && code < LOWER_A)) return undefined;
    value = value * 16 + digit;
  }
  return value;
}

/** Decimal digits with a space behind, `end` after that. */
function readNumber(bytes: Buffer, at: number, limit: number): { readonly value: number; readonly end: number } | undefined {
  let value = 0;
  let index = at;
  for (; index < limit; index += 1) {
    const digit = (bytes[index] as number) - ZERO;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  return index > at && index < limit && bytes[index] === SPACE ? { value, end: index + 1 } : undefined;
}

/** The first whole frame anywhere after `offset`; the newline before it may be what is damaged. */
export function findFrameAfter(bytes: Buffer, offset: number): Frame | undefined {
  const start = offset + 1;
  for (const { index } of bytes.toString("latin1", start).matchAll(/(?=[0-9a-f]{8} [0-9a-f]{8} \d)/g)) {
    const frame = decodeFrame(bytes, start + index);
    if (frame !== undefined) return frame;
  }
  return undefined;
}
