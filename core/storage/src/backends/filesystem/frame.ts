/**
 * One record as a line of text that proves itself:
 *
 *     <length, 8 hex> <CRC-32, 8 hex> <sequence> <first of batch> <JSON>\n
 *
 * Length and checksum are those of everything after the second space up to the end of the line. Sequence numbers have no gaps.
 * `first of batch` is the sequence of the first record that was written and synced together with this one: it tells a write that
 * never finished from damage to one that did.
 */

import { crc32 } from "node:zlib";

export interface Frame {
  readonly sequence: number;
  readonly batch: number;
  readonly json: string;
  /** Offset just after the line. */
  readonly end: number;
}

/** `<length> <checksum> ` */
const PREFIX = 18;
const NEWLINE = 0x0a;

export function encodeFrame(sequence: number, batch: number, json: string): Buffer {
  const body = Buffer.from(`00000000 00000000 ${sequence} ${batch} ${json}\n`);
  const length = body.length - PREFIX - 1;
  body.write(hex(length), 0, "latin1");
  body.write(hex(crc32(body.subarray(PREFIX, PREFIX + length))), 9, "latin1");
  return body;
}

/** The frame that starts at `offset`, or nothing if there is no whole and undamaged one. */
export function decodeFrame(bytes: Buffer, offset: number): Frame | undefined {
  const prefix = /^([0-9a-f]{8}) ([0-9a-f]{8}) $/.exec(bytes.toString("latin1", offset, offset + PREFIX));
  if (prefix === null) return undefined;
  const start = offset + PREFIX;
  const end = start + Number.parseInt(prefix[1] as string, 16);
  if (end >= bytes.length || bytes[end] !== NEWLINE) return undefined;
  if (hex(crc32(bytes.subarray(start, end))) !== prefix[2]) return undefined;
  const numbers = /^(\d+) (\d+) /.exec(bytes.toString("latin1", start, Math.min(end, start + 40)));
  if (numbers === null) return undefined;
  return {
    sequence: Number(numbers[1]),
    batch: Number(numbers[2]),
    json: bytes.toString("utf8", start + numbers[0].length, end),
    end: end + 1,
  };
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

function hex(value: number): string {
  return value.toString(16).padStart(8, "0");
}
