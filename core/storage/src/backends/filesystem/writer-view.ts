/** The writer of a store of files, for people who wonder what holds them up. */

import { rm, stat } from "node:fs/promises";
import type { Instant } from "@provisioning/model";
import { currentProcess, type Liveness, livenessOf } from "./process-identity.js";
import { readWriterLock, type WriterLockHolder } from "./writer-lock.js";

export interface WriterView {
  readonly holder: WriterLockHolder;
  /** When it last showed that it is there. */
  readonly lastBeat: Instant;
  readonly liveness: Liveness;
}

/** Absent when nobody writes. */
export async function lookAtWriter(folder: string): Promise<WriterView | undefined> {
  const holder = await readWriterLock(folder);
  if (holder === undefined) return undefined;
  const found = await stat(`${folder}/writer.lock`).catch(() => undefined);
  return found === undefined ? undefined : { holder, lastBeat: found.mtimeMs, liveness: livenessOf(holder, currentProcess()) };
}

/** The writer finds out before it writes anything more, and stops. False: it is not there any more. */
export async function breakWriterLock(folder: string, holder: WriterLockHolder): Promise<boolean> {
  const current = await readWriterLock(folder);
  if (current?.nonce !== holder.nonce) return false;
  await rm(`${folder}/writer.lock`, { force: true });
  return true;
}
