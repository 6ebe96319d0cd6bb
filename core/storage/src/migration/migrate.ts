/**
 * Moves everything from one storage to another: copy, copy again what came meanwhile until little is left, then hold writers back for a
 * moment, copy the rest with the leases, compare, switch. It can be stopped at any time and begun again; nothing changes at the source.
 */

import { MigrationConflictError, MigrationDifferenceError } from "./errors.js";
import type { Storage } from "../ports/storage.js";
import type { TransferableStorage } from "../ports/transfer.js";
import { type ContentHash, contentHash, type KnownRuns } from "./content-hash.js";
import { type Copied, copyMissing, type CopyOptions } from "./copy.js";
import { assertPartOf } from "./part-of.js";
import type { SwitchableStorage } from "./switchable.js";

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
  /** Passes over the source, the last one with writers held back. */
  readonly passes: number;
  readonly copied: Copied;
  readonly leases: number;
  /** Of both sides: they are equal. */
  readonly content: ContentHash;
  /** How long calls had to wait, in milliseconds. 0 when nobody used the source. */
  readonly heldBackMs: number;
}

/** As long as a pass brings more than this, another one follows before writers are held back. */
const LITTLE = 100;
/** Writers that are faster than the copying are held back after so many passes all the same. */
const MAX_PASSES = 20;
/** A pass that brings more than this part of what the one before brought does not catch up. */
const SLOWEST_PROGRESS = 0.7;

const NOTHING: Copied = { runs: 0, events: 0, resources: 0 };

/** Nobody writes to the source meanwhile. @throws MigrationConflictError before anything is written, MigrationDifferenceError */
export async function migrate(
  source: TransferableStorage,
  target: TransferableStorage,
  options: MigrateOptions = {},
): Promise<MigrationReport> {
  const resumed = await begin(source, target);
  const copied = await copyMissing(source, target, options);
  const leases = await copyLeases(source, target);
  const content = await assertEqual(source, target);
  await options.commit?.();
  return { resumed, passes: 1, copied, leases, content, heldBackMs: 0 };
}

/**
 * While the source is used through `storage`, which uses the target afterwards.
 * @throws MigrationConflictError before anything is written, MigrationDifferenceError
 */
export async function migrateLive(
  storage: SwitchableStorage,
  target: TransferableStorage,
  options: MigrateOptions = {},
): Promise<MigrationReport> {
  const source = storage.current;
  const resumed = await begin(source, target);
  let passes = 0;
  let copied = NOTHING;
  for (let left = Number.POSITIVE_INFINITY; left > LITTLE && passes < MAX_PASSES; passes += 1) {
    const last = await copyMissing(source, target, options);
    copied = sum(copied, last);
    const now = last.events + last.resources;
    // Whoever writes is about as fast as the copying: more passes bring nothing.
    if (now > left * SLOWEST_PROGRESS) break;
    left = now;
  }
  // What both sides hold by now is read before writers have to wait, and only what changes after that is read then.
  const known: Known = { source: new Map(), target: new Map() };
  await contentHash(source, known.source);
  await contentHash(target, known.target);
  copied = sum(copied, await copyMissing(source, target, options));
  passes += 1;
  let end: Pick<MigrationReport, "leases" | "content"> | undefined;
  let heldBackMs = 0;
  await storage.switchTo(target, async () => {
    options.signal?.throwIfAborted();
    const began = performance.now();
    copied = sum(copied, await copyMissing(source, target, options));
    const leases = await copyLeases(source, target);
    end = { leases, content: await assertEqual(source, target, known) };
    await options.commit?.();
    heldBackMs = performance.now() - began;
  });
  if (end === undefined) throw new MigrationConflictError("storage");
  return { resumed, passes: passes + 1, copied, ...end, heldBackMs };
}

/** Whether the target holds a part already. */
async function begin(source: TransferableStorage, target: TransferableStorage): Promise<boolean> {
  const isResumed = await assertPartOf(source, target);
  if (isResumed) await releaseLeftovers(source, target);
  return isResumed;
}

/** Leases that an interrupted migration took over: their holders went on at the source and may have let them go since. */
async function releaseLeftovers(source: TransferableStorage, target: TransferableStorage): Promise<void> {
  const held = new Set((await source.transfer.heldLeases()).map(({ lease }) => `${lease.token} ${lease.scope}`));
  for (const { lease } of await target.transfer.heldLeases()) {
    if (!held.has(`${lease.token} ${lease.scope}`)) await target.leases.release(lease);
  }
}

async function copyLeases(source: TransferableStorage, target: TransferableStorage): Promise<number> {
  const held = await source.transfer.heldLeases();
  await Promise.all(held.map((lease) => target.transfer.importLease(lease)));
  return held.length;
}

interface Known {
  readonly source: KnownRuns;
  readonly target: KnownRuns;
}

async function assertEqual(source: Storage, target: Storage, known?: Known): Promise<ContentHash> {
  const [left, right] = await Promise.all([contentHash(source, known?.source), contentHash(target, known?.target)]);
  if (left.digest !== right.digest) throw new MigrationDifferenceError(left, right);
  return left;
}

function sum(left: Copied, right: Copied): Copied {
  return { runs: left.runs + right.runs, events: left.events + right.events, resources: left.resources + right.resources };
}
