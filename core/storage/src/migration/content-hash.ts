/**
 * A digest of all that a storage holds: equal for equal content, whatever the backend. Runs with every event and resources with their
 * versions count; leases do not, because they are about who works right now.
 */

import { createHash } from "node:crypto";
import { canonicalJson, type Json, type RunId } from "@provisioning/model";
import type { Version } from "../ports/run-store.js";
import type { Storage } from "../ports/storage.js";
import { allRuns, loadIfThere } from "./copy.js";

export interface ContentHash {
  /** SHA-256, hexadecimal. */
  readonly digest: string;
  readonly runs: number;
  readonly events: number;
  readonly resources: number;
}

/** Storages read many things together faster than one after the other. */
const RUNS_AT_ONCE = 64;

export async function contentHash(storage: Storage): Promise<ContentHash> {
  const hasher = new ContentHasher(storage);
  await hasher.readAll();
  return hasher.hash();
}

/** Remembers what it has read, so that only what changed is read again. Events are only ever appended: of one version there is one content. */
export class ContentHasher {
  readonly #storage: Storage;
  readonly #known = new Map<RunId, { readonly version: Version; readonly digest: string }>();

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  async readAll(): Promise<void> {
    await this.read(await this.changed());
  }

  /** Runs whose version is another one than when they were read, and those that are gone. */
  async changed(): Promise<readonly RunId[]> {
    const gone = new Set(this.#known.keys());
    const changed: RunId[] = [];
    for await (const { id, version } of allRuns(this.#storage)) {
      gone.delete(id);
      if (this.#known.get(id)?.version !== version) changed.push(id);
    }
    return [...changed, ...gone];
  }

  async read(ids: readonly RunId[]): Promise<void> {
    for (let start = 0; start < ids.length; start += RUNS_AT_ONCE) {
      await Promise.all(ids.slice(start, start + RUNS_AT_ONCE).map((id) => this.#read(id)));
    }
  }

  /** Of the runs as they were read, and of the resources as they are. */
  async hash(): Promise<ContentHash> {
    const hash = createHash("sha256");
    let events = 0;
    for (const [id, { version, digest }] of [...this.#known].sort(([left], [right]) => (left < right ? -1 : 1))) {
      events += version;
      hash.update(`run ${id} ${digest}\n`);
    }
    let resources = 0;
    for (const infra of await this.#storage.resources.listInfras()) {
      for (const { record, version } of await this.#storage.resources.list(infra)) {
        resources += 1;
        hash.update(`resource ${infra} ${record.address} ${version} ${digestOf(record as unknown as Json)}\n`);
      }
    }
    return { digest: hash.digest("hex"), runs: this.#known.size, events, resources };
  }

  async #read(id: RunId): Promise<void> {
    const stored = await loadIfThere(this.#storage, id);
    if (stored === undefined) this.#known.delete(id);
    else this.#known.set(id, { version: stored.events.length, digest: digestOf(stored.events as unknown as Json) });
  }
}

function digestOf(value: Json): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex");
}
