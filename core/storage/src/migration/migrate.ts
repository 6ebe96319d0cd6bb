/**
 * Moves everything from one storage to another: copy, copy again what came meanwhile until little is left, then hold writers back for a
 * moment, copy the rest with the leases, compare, switch. It can be stopped at any time and begun again; nothing changes at the source.
 */

import { MigrationConflictError, MigrationDifferenceError } from "./errors.js";
import type { Storage } from "../ports/storage.js";
import type { TransferableStorage } from "../ports/transfer.js";
import { type ContentHash, contentHash } from "./content-hash.js";
import { type Copied, copyMissing, type CopyOptions } from "./copy.js";
import type { SwitchableStorage } from "./switchable.js";

export interface MigrationReport {
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

/** Nobody writes to the source meanwhile. @throws MigrationConflictError, MigrationDifferenceError */
export async function migrate(
  source: TransferableStorage,
  target: TransferableStorage,
  options: CopyOptions = {},
): Promise<MigrationReport> {
  const copied = await copyMissing(source, target, options);
  const leases = await copyLeases(source, target);
  return { passes: 1, copied, leases, content: await assertEqual(source, target), heldBackMs: 0 };
}

/** While the source is used through `storage`, which uses the target afterwards. @throws MigrationConflictError, MigrationDifferenceError */
export async function migrateLive(
  storage: SwitchableStorage,
  target: TransferableStorage,
  options: CopyOptions = {},
): Promise<MigrationReport> {
  const source = storage.current;
  let passes = 0;
  let copied: Copied = { runs: 0, events: 0, resources: 0 };
  for (let left = Number.POSITIVE_INFINITY; left > LITTLE && passes < MAX_PASSES; passes += 1) {
    const last = await copyMissing(source, target, options);
    copied = sum(copied, last);
    const now = last.events + last.resources;
    // Whoever writes is about as fast as the copying: more passes bring nothing.
    if (now > left * SLOWEST_PROGRESS) break;
    left = now;
  }
  let leases = 0;
  let content: ContentHash | undefined;
  let heldBackMs = 0;
  await storage.switchTo(target, async () => {
    const began = performance.now();
    copied = sum(copied, await copyMissing(source, target, options));
    leases = await copyLeases(source, target);
    content = await assertEqual(source, target);
    heldBackMs = performance.now() - began;
  });
  if (content === undefined) throw new MigrationConflictError("the storage that is used");
  return { passes: passes + 1, copied, leases, content, heldBackMs };
}

async function copyLeases(source: TransferableStorage, target: TransferableStorage): Promise<number> {
  const held = await source.transfer.heldLeases();
  for (const lease of held) await target.transfer.importLease(lease);
  return held.length;
}

async function assertEqual(source: Storage, target: Storage): Promise<ContentHash> {
  const [left, right] = [await contentHash(source), await contentHash(target)];
  if (left.digest !== right.digest) throw new MigrationDifferenceError(left, right);
  return left;
}

function sum(left: Copied, right: Copied): Copied {
  return { runs: left.runs + right.runs, events: left.events + right.events, resources: left.resources + right.resources };
}
