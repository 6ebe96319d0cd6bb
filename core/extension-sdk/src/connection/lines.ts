/** Splits a byte stream into lines, and keeps the end of another. */

import { MAX_LINE_BYTES, STDERR_TAIL_BYTES } from "./connection.js";

export interface LineSplitter {
  push(chunk: Buffer): void;
  /** Gives the last line when it had no newline. */
  end(): void;
}

/** Lines are cut at MAX_LINE_BYTES: a broken server must not fill our memory. */
export function createLineSplitter(onLine: (line: string) => void): LineSplitter {
  let parts: Buffer[] = [];
  let size = 0;
  const add = (part: Buffer) => {
    const room = MAX_LINE_BYTES - size;
    if (room <= 0 || part.length === 0) return;
    parts.push(part.subarray(0, room));
    size += Math.min(part.length, room);
  };
  const flush = () => {
    onLine(Buffer.concat(parts).toString("utf8"));
    parts = [];
    size = 0;
  };
  return {
    push(chunk) {
      let from = 0;
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
        add(chunk.subarray(from, at));
        flush();
        from = at + 1;
      }
      add(chunk.subarray(from));
    },
    end() {
      if (size > 0) flush();
    },
  };
}

export interface Tail {
  push(chunk: Buffer): void;
  text(): string;
}

export function createTail(limit = STDERR_TAIL_BYTES): Tail {
  let kept = Buffer.alloc(0);
  return {
    push(chunk) {
      kept = Buffer.concat([kept, chunk]);
      if (kept.length > limit) kept = kept.subarray(kept.length - limit);
    },
    text: () => kept.toString("utf8"),
  };
}
