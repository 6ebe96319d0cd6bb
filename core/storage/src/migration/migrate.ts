/**
 * Moves everything from one storage to another. It can be stopped at any time and begun again; nothing changes at the source.
 *
 * While the source is used: copy everything; compare everything; copy and compare what was written meanwhile, again and again, letting
 * writers go slower until little is left; then hold them back for a moment, copy the rest with the leases, compare, switch.
 */

import type { RunId } from "@provisioning/model";
import { MigrationConflictError, MigrationDifferenceError } from "./errors.js";
import type { StorageInfo } from "../ports/storage.js";
import type { TransferableStorage } from "../ports/transfer.js";
import { type ContentHash, ContentHasher } from "./content-hash.js";
import { type Copied, Copier, type CopyOptions } from "./copy.js";
import { Governor } from "./governor.js";
import { assertPartOf } from "./part-of.js";
import type { SwitchableStorage, WriteTracker } from "./switchable.js";

export interface MigrateOptions extends CopyOptions {
  /**
   * Called once both sides are equal and nobody writes to either: what says which storage counts is changed here, durably. When it
   * fails the source goes on being used.
   */
  readonly commit?: () => Promise<void>;
}

export interface MigrationReport {
  /** The target held a part already. */
  readonly resumed: boolean;
  /** Passes over what was to be copied, the last one with writers held back. */
  readonly passes: number;
  readonly copied: Copied;
  readonly leases: number;
  /** Of both sides: they are equal. */
  readonly content: ContentHash;
  /** How long calls had to wait, in milliseconds. 0 when nobody used the source. */
  readonly heldBackMs: number;
}

/** So many runs or fewer are copied while writers are held back. */
const LITTLE = 50;
/** Writers are held back after so many passes all the same. */
const MAX_PASSES = 50;

/** Nobody writes to the source meanwhile. @throws MigrationConflictError before anything is written, MigrationDifferenceError */
export async function migrate(
  source: TransferableStorage,
  target: TransferableStorage,
  options: MigrateOptions = {},
): Promise<MigrationReport> {
  const sides = new Sides(source, target, options);
  const resumed = await sides.begin();
  await sides.copier.copyAll();
  await sides.compareAll();
  const leases = await sides.copyLeases();
  const content = await sides.assertEqual();
  await sides.assertQuiet(content);
  await options.commit?.();
  return { resumed, passes: 1, copied: sides.copier.copied, leases, content, heldBackMs: 0 };
}

/**
 * While the source is used through `storage`, which uses the target afterwards. Who has the source open in another process stays with it.
 * @throws MigrationConflictError before anything is written, MigrationDifferenceError
 */
export async function migrateLive(
  storage: SwitchableStorage,
  target: TransferableStorage,
  options: MigrateOptions = {},
): Promise<MigrationReport> {
  const tracker = storage.trackWrites();
  const governor = new Governor(tracker);
  const sides = new Sides(storage.current, target, { ...options, onGroup: (runs) => governor.copied(runs) });
  try {
    const resumed = await sides.begin();
    await sides.copier.copyAll();
    await sides.compareAll();
    const passes = await catchUp(sides, tracker, options.signal);
    let end: Pick<MigrationReport, "leases" | "content"> | undefined;
    let heldBackMs = 0;
    await storage.switchTo(target, async () => {
      const began = performance.now();
      await sides.bringUp([...tracker.take(), ...(await sides.changedByOthers())]);
      await sides.copier.copyResources();
      const leases = await sides.copyLeases();
      end = { leases, content: await sides.assertEqual() };
      await options.commit?.();
      heldBackMs = performance.now() - began;
    });
    if (end === undefined) throw new MigrationConflictError("storage");
    return { resumed, passes: passes + 2, copied: sides.copier.copied, ...end, heldBackMs };
  } finally {
    tracker.stop();
  }
}

/** Until little is left; the number of passes. */
async function catchUp(sides: Sides, tracker: WriteTracker, signal: AbortSignal | undefined): Promise<number> {
  for (let passes = 0; ; passes += 1) {
    signal?.throwIfAborted();
    if (tracker.size <= LITTLE || passes >= MAX_PASSES) return passes;
    await sides.bringUp(tracker.take());
  }
}

const SHARED: ReadonlySet<StorageInfo["type"]> = new Set(["postgres", "surrealdb-server"]);

/** The two storages, and what is known of their content. */
class Sides {
  readonly copier: Copier;
  readonly #source: TransferableStorage;
  readonly #target: TransferableStorage;
  readonly #hashers: readonly [ContentHasher, ContentHasher];

  constructor(source: TransferableStorage, target: TransferableStorage, options: CopyOptions) {
    this.#source = source;
    this.#target = target;
    this.copier = new Copier(source, target, options);
    this.#hashers = [new ContentHasher(source), new ContentHasher(target)];
  }

  /** Whether the target holds a part already. @throws MigrationConflictError */
  async begin(): Promise<boolean> {
    const isResumed = await assertPartOf(this.#source, this.#target);
    if (isResumed) await this.#releaseLeftovers();
    return isResumed;
  }

  /** Reads both sides as a whole; what changes later is read again. */
  async compareAll(): Promise<void> {
    for (const hasher of this.#hashers) await hasher.readAll();
  }

  /** Of a database that is not ours alone. */
  async changedByOthers(): Promise<readonly RunId[]> {
    const { type } = await this.#source.info();
    return SHARED.has(type) ? this.#hashers[0].changed() : [];
  }

  async bringUp(runs: readonly RunId[]): Promise<void> {
    const once = [...new Set(runs)];
    await this.copier.copyRuns(once);
    await Promise.all(this.#hashers.map((hasher) => hasher.read(once)));
  }

  async copyLeases(): Promise<number> {
    const held = await this.#source.transfer.heldLeases();
    await Promise.all(held.map((lease) => this.#target.transfer.importLease(lease)));
    return held.length;
  }

  /** @throws MigrationDifferenceError */
  async assertEqual(): Promise<ContentHash> {
    const [left, right] = await Promise.all([this.#hashers[0].hash(), this.#hashers[1].hash()]);
    if (left.digest !== right.digest) throw new MigrationDifferenceError(left, right);
    return left;
  }

  /** That nobody wrote while we compared. @throws MigrationDifferenceError */
  async assertQuiet(content: ContentHash): Promise<void> {
    if ((await this.changedByOthers()).length === 0) return;
    const now = await this.#source.info();
    throw new MigrationDifferenceError({ ...content, runs: now.runs, resources: now.resources }, content);
  }

  /** Leases that an interrupted migration took over: their holders went on at the source and may have let them go since. */
  async #releaseLeftovers(): Promise<void> {
    const held = new Set((await this.#source.transfer.heldLeases()).map(({ lease }) => `${lease.token} ${lease.scope}`));
    for (const { lease } of await this.#target.transfer.heldLeases()) {
      if (!held.has(`${lease.token} ${lease.scope}`)) await this.#target.leases.release(lease);
    }
  }
}
