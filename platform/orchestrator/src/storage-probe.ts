/**
 * Whether the storage answers. It is asked in the background, while somebody wants to know, so that telling it takes no time and asks the
 * storage no more often however many want to know. What is told is what came of it last: as old as the question before, at most.
 */

import { ProvisioningError } from "@provisioning/model";
import type { LeaseScope, Storage } from "@provisioning/storage";

export interface StorageProbeOptions {
  /** A question that only the storage can answer. */
  readonly ask: () => Promise<unknown>;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
}

const EVERY_MS = 1_000;
/** A storage that takes longer has hung, or is of no use to anybody. */
const SILENT_AFTER_MS = 3_000;
const SILENT = { code: "STORE_SILENT" };

export class StorageProbe {
  readonly #options: StorageProbeOptions;
  /** The one that is under way; there is no other then. */
  #since: number | undefined;
  #askedAt = Number.NEGATIVE_INFINITY;
  #failure: string | undefined;

  constructor(options: StorageProbeOptions) {
    this.#options = options;
  }

  /** The code of what is wrong; nothing when it answered. */
  failure(): string | undefined {
    const now = this.#options.now();
    if (this.#since === undefined && now - this.#askedAt >= EVERY_MS) void this.#ask(now);
    const isSilent = this.#since !== undefined && now - this.#since >= SILENT_AFTER_MS;
    return isSilent ? SILENT.code : this.#failure;
  }

  async #ask(now: number): Promise<void> {
    this.#since = now;
    this.#askedAt = now;
    try {
      await this.#options.ask();
      this.#failure = undefined;
    } catch (error) {
      this.#failure = error instanceof ProvisioningError ? error.code : "STORE_FAILED";
    } finally {
      this.#since = undefined;
    }
  }
}

/** Nobody ever holds it. Every backend has to look for it where it keeps things, after what it was told to write. */
const NOBODYS = "health/probe" as LeaseScope;

export function askStorage({ leases }: Pick<Storage, "leases">): () => Promise<unknown> {
  return async () => leases.current(NOBODYS);
}
