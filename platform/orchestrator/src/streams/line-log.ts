/**
 * An append-only file of lines with numbers from 1: what a task tells while it works. Whoever reads it goes at a pace of their own, from
 * any line, and sees a line when it is in the file; a slow reader holds nobody up. After a crash it goes on behind the last whole line.
 */

import { type FileHandle, mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";

export interface NumberedLine {
  readonly number: number;
  readonly text: string;
}

/** Every so many lines the place in the file is remembered. */
const INDEX_STEP = 256;
const READ_BYTES = 256 * 1024;
const NEWLINE = 10;

export class LineLog {
  readonly #file: string;
  readonly #handle: FileHandle;
  /** Bytes and lines that are in the file. */
  #size = 0;
  #written = 0;
  /** Where the lines 1, 257, … begin. */
  readonly #index: number[] = [0];
  #last = 0;
  #waiting: string[] = [];
  #writing: Promise<void> | undefined;
  readonly #readers = new Set<() => void>();

  private constructor(file: string, handle: FileHandle) {
    this.#file = file;
    this.#handle = handle;
  }

  /** Makes the file when it is missing; cuts off a line that a crash left half written. */
  static async open(file: string): Promise<LineLog> {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const handle = await open(file, "a+", 0o600);
    const log = new LineLog(file, handle);
    await log.#recover();
    return log;
  }

  /** The number of the last line, in the file or on its way. */
  get last(): number {
    return this.#last;
  }

  /** `text` has no line break. It is in the file soon, in order. */
  append(text: string): number {
    this.#waiting.push(text);
    this.#last += 1;
    this.#writing ??= this.#write();
    return this.#last;
  }

  /** Resolves when everything that was appended is in the file. @throws what writing threw */
  async flush(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
  }

  async close(): Promise<void> {
    await this.flush();
    await this.#handle.close();
  }

  /** Lines after `after`, a batch at a time, until `signal` aborts; waits for more at the end. */
  async *follow(after: number, signal: AbortSignal): AsyncGenerator<readonly NumberedLine[]> {
    const handle = await open(this.#file, "r");
    try {
      const step = Math.min(Math.floor(after / INDEX_STEP), this.#index.length - 1);
      let position = this.#index[step] ?? 0;
      let number = step * INDEX_STEP;
      let rest = Buffer.alloc(0);
      const chunk = Buffer.allocUnsafe(READ_BYTES);
      while (!signal.aborted) {
        const wanted = Math.min(READ_BYTES, this.#size - position);
        if (wanted === 0) {
          await this.#more(position, signal);
          continue;
        }
        const { bytesRead } = await handle.read(chunk, 0, wanted, position);
        position += bytesRead;
        const bytes = rest.length === 0 ? chunk.subarray(0, bytesRead) : Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
        const end = bytes.lastIndexOf(NEWLINE);
        rest = Buffer.from(bytes.subarray(end + 1));
        if (end < 0) continue;
        const lines: NumberedLine[] = [];
        for (const text of bytes.subarray(0, end).toString("utf8").split("\n")) {
          number += 1;
          if (number > after) lines.push({ number, text });
        }
        if (lines.length > 0) yield lines;
      }
    } finally {
      await handle.close();
    }
  }

  #more(position: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#readers.delete(done);
        signal.removeEventListener("abort", done);
        resolve();
      };
      this.#readers.add(done);
      signal.addEventListener("abort", done, { once: true });
      if (signal.aborted || this.#size > position) done();
    });
  }

  /** Everything that waits at once, again and again until nothing does. */
  async #write(): Promise<void> {
    try {
      // Whoever appends several lines in one turn pays for one write.
      await new Promise((resolve) => setImmediate(resolve));
      while (this.#waiting.length > 0) {
        const lines = this.#waiting;
        this.#waiting = [];
        const bytes = Buffer.from(`${lines.join("\n")}\n`);
        await this.#handle.appendFile(bytes);
        this.#count(bytes);
        for (const wake of this.#readers) wake();
      }
    } finally {
      this.#writing = undefined;
    }
  }

  /** Bytes behind the end of what is known, which end with a whole line. */
  #count(bytes: Buffer): void {
    for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) {
      this.#written += 1;
      if (this.#written % INDEX_STEP === 0) this.#index.push(this.#size + at + 1);
    }
    this.#size += bytes.length;
  }

  async #recover(): Promise<void> {
    const { size } = await this.#handle.stat();
    const chunk = Buffer.allocUnsafe(READ_BYTES);
    let rest = Buffer.alloc(0);
    for (let position = 0; position < size; ) {
      const { bytesRead } = await this.#handle.read(chunk, 0, READ_BYTES, position);
      if (bytesRead === 0) break;
      position += bytesRead;
      const bytes = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
      const end = bytes.lastIndexOf(NEWLINE) + 1;
      this.#count(bytes.subarray(0, end));
      rest = Buffer.from(bytes.subarray(end));
    }
    if (rest.length > 0) await this.#handle.truncate(this.#size);
    this.#last = this.#written;
  }
}
