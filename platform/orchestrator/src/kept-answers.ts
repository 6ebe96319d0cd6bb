/**
 * Answers that were given at once under an idempotency key, so that repeating the request gives the same one. Each is a file, so that it is
 * there after a restart and for every replica that has the same folder; what a task answers is recorded with the task and not kept here. The
 * oldest go when there are too many.
 */

import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "@provisioning/model";
import { IdempotencyConflictError, type RequestKey } from "./idempotency.js";

export interface KeptAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface KeptAnswersOptions {
  readonly dir: string;
  readonly clock: Clock;
  readonly ttlMs: number;
  /** Default 32 MiB. */
  readonly maxBytes?: number;
}

interface Kept {
  readonly digest: string;
  readonly at: number;
  readonly answer: KeptAnswer;
}

/** What is known of a file without reading it. */
interface Entry {
  readonly at: number;
  readonly bytes: number;
}

/** More than a command line asks in a day; what they hold is bounded besides. */
const MAX_ANSWERS = 10_000;
const MAX_BYTES = 32 * 1024 * 1024;
const FILE = /^([0-9a-f]{64})\.json$/;

export class KeptAnswers {
  readonly #options: KeptAnswersOptions;
  /** Oldest first. */
  readonly #entries: Map<string, Entry>;
  #bytes = 0;

  private constructor(options: KeptAnswersOptions, entries: readonly (readonly [string, Entry])[]) {
    this.#options = options;
    this.#entries = new Map(entries.toSorted(([, one], [, other]) => one.at - other.at));
    for (const [, { bytes }] of entries) this.#bytes += bytes;
  }

  static async open(options: KeptAnswersOptions): Promise<KeptAnswers> {
    const names = await readdir(options.dir).catch(() => []);
    const entries: (readonly [string, Entry])[] = [];
    for (const name of names) {
      const found = await stat(join(options.dir, name)).catch(() => undefined);
      // Another replica has just removed it.
      if (found === undefined) continue;
      const { mtimeMs: at, size: bytes } = found;
      // What was not written to its end goes like the others, when its time is over.
      entries.push([FILE.exec(name)?.[1] ?? name, { at, bytes }]);
    }
    const kept = new KeptAnswers(options, entries);
    await kept.#drop();
    return kept;
  }

  /** @throws ProvisioningError IDEMPOTENCY_CONFLICT when the key was used for something else */
  async find({ name, digest }: RequestKey): Promise<KeptAnswer | undefined> {
    const text = await readFile(this.#fileOf(name), "utf8").catch(() => undefined);
    if (text === undefined) return undefined;
    const kept = JSON.parse(text) as Kept;
    if (this.#isOver(kept)) return undefined;
    if (kept.digest !== digest) throw new IdempotencyConflictError();
    return kept.answer;
  }

  async keep({ name, digest }: RequestKey, answer: KeptAnswer): Promise<void> {
    const { dir, clock } = this.#options;
    const at = clock.now();
    const text = JSON.stringify({ digest, at, answer } satisfies Kept);
    const bytes = Buffer.byteLength(text);
    const file = this.#fileOf(name);
    const unfinished = `${file}.${randomUUID()}`;
    await mkdir(dir, { recursive: true, mode: 0o700 });
    await writeFile(unfinished, text, { mode: 0o600 });
    await rename(unfinished, file);
    this.#forget(name);
    this.#entries.set(name, { at, bytes });
    this.#bytes += bytes;
    await this.#drop();
  }

  /** What is over, and the oldest of what is too much. */
  async #drop(): Promise<void> {
    const { maxBytes = MAX_BYTES } = this.#options;
    for (const [name, entry] of this.#entries) {
      if (!this.#isOver(entry) && this.#entries.size <= MAX_ANSWERS && this.#bytes <= maxBytes) return;
      this.#forget(name);
      await rm(this.#fileOf(name), { force: true });
    }
  }

  #forget(name: string): void {
    this.#bytes -= this.#entries.get(name)?.bytes ?? 0;
    this.#entries.delete(name);
  }

  #isOver({ at }: Pick<Entry, "at">): boolean {
    return at + this.#options.ttlMs <= this.#options.clock.now();
  }

  /** Of a key, or what has its own name. */
  #fileOf(name: string): string {
    return join(this.#options.dir, /^[0-9a-f]{64}$/.test(name) ? `${name}.json` : name);
  }
}
