/**
 * Brings a target up to what a source holds. Events are only ever appended and records have versions, so what is missing is found by
 * comparing versions, and a pass that was interrupted is continued by the next one.
 */

import { canonicalJson, type FencingToken, type InfraName, type Json, type RunEvent, type RunId } from "@provisioning/model";
import { RunNotFoundError } from "../errors.js";
import { MAX_PAGE, runScope, type RunSummary, type StoredRun, type Version } from "../ports/run-store.js";
import type { Storage } from "../ports/storage.js";
import type { TransferableStorage } from "../ports/transfer.js";
import { MigrationConflictError } from "./errors.js";

export interface Copied {
  readonly runs: number;
  readonly events: number;
  readonly resources: number;
}

export interface CopyOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told after each run. */
  readonly onRun?: ((copied: Copied) => void) | undefined;
  /** Told how many runs were looked at since the last time. */
  readonly onGroup?: ((runs: number) => void) | undefined;
}

/** A run of 100,000 operations is not appended in one piece. */
const EVENTS_AT_ONCE = 5_000;

/** Storages write many things together faster than one after the other. */
const RUNS_AT_ONCE = 64;

/** From one source to one target, which nobody else writes to. What the target has is looked up once. */
export class Copier {
  readonly #source: Storage;
  readonly #target: TransferableStorage;
  readonly #options: CopyOptions;
  #versions: Map<RunId, Version> | undefined;
  #runs = 0;
  #events = 0;
  #resources = 0;

  constructor(source: Storage, target: TransferableStorage, options: CopyOptions = {}) {
    this.#source = source;
    this.#target = target;
    this.#options = options;
  }

  /** Up to now. */
  get copied(): Copied {
    return { runs: this.#runs, events: this.#events, resources: this.#resources };
  }

  /** Everything: what the source has and the target has not. Runs that are submitted meanwhile may be left for later. @throws MigrationConflictError */
  async copyAll(): Promise<void> {
    const versions = await this.#known();
    const surplus = new Set(versions.keys());
    const missing: RunId[] = [];
    for await (const { id, version } of allRuns(this.#source)) {
      surplus.delete(id);
      if (versions.get(id) !== version) missing.push(id);
    }
    await this.copyRuns([...missing, ...surplus]);
    await this.copyResources();
  }

  /** @throws MigrationConflictError */
  async copyRuns(ids: readonly RunId[]): Promise<void> {
    const versions = await this.#known();
    for (let start = 0; start < ids.length; start += RUNS_AT_ONCE) {
      this.#options.signal?.throwIfAborted();
      const group = ids.slice(start, start + RUNS_AT_ONCE);
      await Promise.all(group.map((id) => this.#copyRun(id, versions)));
      this.#options.onGroup?.(group.length);
    }
    this.#options.signal?.throwIfAborted();
  }

  async copyResources(): Promise<void> {
    this.#resources += await copyResources(this.#source, this.#target, this.#options.signal);
  }

  async #known(): Promise<Map<RunId, Version>> {
    this.#versions ??= await versionsOf(this.#target);
    return this.#versions;
  }

  async #copyRun(id: RunId, versions: Map<RunId, Version>): Promise<void> {
    const stored = await loadIfThere(this.#source, id);
    if (stored === undefined) {
      // Forgotten since it was copied.
      await this.#target.runs.forget([id]);
      versions.delete(id);
      return;
    }
    const { events } = stored;
    const added = await appendMissing(this.#target, id, events, versions.get(id) ?? 0);
    versions.set(id, events.length);
    if (added === 0) return;
    this.#runs += 1;
    this.#events += added;
    this.#options.onRun?.(this.copied);
  }
}

/** Nothing when it was forgotten. */
export async function loadIfThere(storage: Storage, id: RunId): Promise<StoredRun | undefined> {
  try {
    return await storage.runs.load(id);
  } catch (error) {
    if (error instanceof RunNotFoundError) return undefined;
    throw error;
  }
}

/** What a pass would bring, from versions alone: nothing is read in full, nothing is written. */
export async function countMissing(source: Storage, target: Storage): Promise<Copied> {
  const versions = await versionsOf(target);
  let runs = 0;
  let events = 0;
  for await (const { id, version } of allRuns(source)) {
    const missing = version - (versions.get(id) ?? 0);
    if (missing > 0) runs += 1;
    events += Math.max(0, missing);
  }
  let resources = 0;
  for (const infra of await source.resources.listInfras()) {
    const known = new Map((await target.resources.list(infra)).map(({ record, version }) => [record.address, version]));
    for (const { record, version } of await source.resources.list(infra)) {
      if (known.get(record.address) !== version) resources += 1;
    }
  }
  return { runs, events, resources };
}

/** Newest first. */
export async function* allRuns(storage: Storage): AsyncGenerator<RunSummary> {
  let cursor: string | undefined;
  do {
    const page = await storage.runs.list({ limit: MAX_PAGE, ...(cursor === undefined ? {} : { cursor }) });
    yield* page.runs;
    cursor = page.next;
  } while (cursor !== undefined);
}

export async function versionsOf(storage: Storage): Promise<Map<RunId, Version>> {
  const versions = new Map<RunId, Version>();
  for await (const { id, version } of allRuns(storage)) versions.set(id, version);
  return versions;
}

/** How many events were added. `from`: how many the target has. */
async function appendMissing(
  target: TransferableStorage,
  id: RunId,
  events: readonly RunEvent[],
  from: Version,
): Promise<number> {
  const known = from === 0 ? [] : (await target.runs.load(id)).events;
  if (known.length > events.length || !known.every((event, index) => isSame(event, events[index]))) {
    throw new MigrationConflictError(`run ${id}`);
  }
  if (known.length === events.length) return 0;
  const [first] = events;
  let version = known.length;
  if (version === 0 && first?.type === "runSubmitted") version = await target.runs.submit(first.definition);
  for (; version < events.length; version += EVENTS_AT_ONCE) {
    await target.runs.append(id, version, events.slice(version, version + EVENTS_AT_ONCE));
  }
  // Whoever takes the run over must come with a greater token than all who had it before.
  const token = newestToken(events);
  if (token > 0) await target.transfer.raiseToken(runScope(id), token);
  return events.length - known.length;
}

function newestToken(events: readonly RunEvent[]): FencingToken {
  return events.reduce((newest, event) => ("token" in event ? Math.max(newest, event.token) : newest), 0);
}

async function copyResources(source: Storage, target: TransferableStorage, signal: AbortSignal | undefined): Promise<number> {
  const infras = new Set<InfraName>([...(await source.resources.listInfras()), ...(await target.resources.listInfras())]);
  let changed = 0;
  for (const infra of infras) {
    signal?.throwIfAborted();
    const wanted = await source.resources.list(infra);
    const known = new Map((await target.resources.list(infra)).map((resource) => [resource.record.address, resource]));
    const missing = wanted.filter((resource) => !isSame(known.get(resource.record.address), resource));
    for (const { record } of wanted) known.delete(record.address);
    if (missing.length > 0) await target.transfer.importResources(missing);
    // What the source no longer has.
    const surplus = [...known.values()].map(({ record, version }) => ({ address: record.address, version }));
    await target.resources.write(surplus.map(({ address, version }) => ({ type: "remove", infra, address, expected: version })));
    changed += missing.length + surplus.length;
  }
  return changed;
}

function isSame(left: unknown, right: unknown): boolean {
  if (left === undefined || right === undefined) return left === right;
  return canonicalJson(left as Json) === canonicalJson(right as Json);
}
