/**
 * Answers that were given at once under an idempotency key, so that repeating the request gives the same one. Each is a file, so that it is
 * there after a restart; what a task answers is recorded with the task and not kept here. The oldest go when there are too many.
 */

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

interface Entry {
  readonly digest: string;
  readonly at: number;
  readonly bytes: number;
}

/** More than a command line asks in a day; what they hold is bounded besides. */
const MAX_ANSWERS = 10_000;
const MAX_BYTES = 32 * 1024 * 1024;
const FILE = /^([0-9a-f]{64})\.([0-9a-f]{64})\.json$/;

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
      const [, key, digest] = FILE.exec(name) ?? [];
      if (key === undefined || digest === undefined) {
        // Not written to its end.
        await rm(join(options.dir, name), { force: true });
        continue;
      }
      const { mtimeMs: at, size: bytes } = await stat(join(options.dir, name));
      entries.push([key, { digest, at, bytes }]);
    }
    const kept = new KeptAnswers(options, entries);
    await kept.#drop();
    return kept;
  }

  /** @throws ProvisioningError IDEMPOTENCY_CONFLICT when the key was used for something else */
  async find({ name, digest }: RequestKey): Promise<KeptAnswer | undefined> {
    const entry = this.#entries.get(name);
    if (entry === undefined || this.#isOver(entry)) return undefined;
    if (entry.digest !== digest) throw new IdempotencyConflictError();
    const text = await readFile(this.#fileOf(name, entry), "utf8").catch(() => undefined);
    return text === undefined ? undefined : (JSON.parse(text) as KeptAnswer);
  }

  async keep({ name, digest }: RequestKey, answer: KeptAnswer): Promise<void> {
    const { dir, clock } = this.#options;
    const text = JSON.stringify(answer);
    const entry = { digest, at: clock.now(), bytes: Buffer.byteLength(text) };
    const file = this.#fileOf(name, entry);
    await mkdir(dir, { recursive: true, mode: 0o700 });
    await writeFile(`${file}.new`, text, { mode: 0o600 });
    await rename(`${file}.new`, file);
    this.#forget(name);
    this.#entries.set(name, entry);
    this.#bytes += entry.bytes;
    await this.#drop();
  }

  /** What is over, and the oldest of what is too much. */
  async #drop(): Promise<void> {
    const { maxBytes = MAX_BYTES } = this.#options;
    for (const [name, entry] of this.#entries) {
      if (!this.#isOver(entry) && this.#entries.size <= MAX_ANSWERS && this.#bytes <= maxBytes) return;
      this.#forget(name);
      await rm(this.#fileOf(name, entry), { force: true });
    }
  }

  #forget(name: string): void {
    this.#bytes -= this.#entries.get(name)?.bytes ?? 0;
    this.#entries.delete(name);
  }

  #isOver({ at }: Entry): boolean {
    return at + this.#options.ttlMs <= this.#options.clock.now();
  }

  #fileOf(name: string, { digest }: Pick<Entry, "digest">): string {
    return join(this.#options.dir, `${name}.${digest}.json`);
  }
}
