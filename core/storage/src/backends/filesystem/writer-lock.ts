/**
 * Which process writes. `writer.lock` names it; it appears in one step by `link`, which fails if the name is taken.
 *
 * A dead holder is replaced at once. Of several who see the same dead holder only one may: the successor of a holder is whoever
 * creates `writer.lock.<nonce of that holder>`, again by `link`. It then makes sure that the dead holder still stands in
 * `writer.lock` (else somebody finished a take-over meanwhile and this one starts again), puts itself there by `rename` and
 * removes the successor files. A successor that dies in between is itself a dead holder and is succeeded in the same way.
 *
 * A holder that we cannot look at (another machine or container) counts as dead when it has not touched the file for
 * `SILENCE_MS`; every holder touches it each `TOUCH_MS`. A holder that stood still for so long and wakes up finds out before it writes and
 * before it acknowledges: the file that it made has no name any more.
 */

import { randomUUID } from "node:crypto";
import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import { link, open, readdir, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import { type Clock, type Instant, ProvisioningError } from "@provisioning/model";
import { isMissing } from "./disk.js";
import { currentProcess, livenessOf, type ProcessIdentity } from "./process-identity.js";

export interface WriterLockHolder extends ProcessIdentity {
  /** Tells one holding from another, also of the same process. */
  readonly nonce: string;
  readonly since: Instant;
  readonly command: string;
}

/** Another process writes to this store. */
export class StoreBusyError extends ProvisioningError {
  constructor(
    readonly location: string,
    readonly holder: WriterLockHolder,
  ) {
    super({
      code: "STORE_BUSY",
      message:
        `${location} is being changed by process ${holder.pid} on ${holder.host} since ${new Date(holder.since).toISOString()}: ` +
        `${holder.command}.`,
      hint: `Wait until it has finished, or stop it: kill ${holder.pid}. A process that is gone never blocks.`,
      retry: "later",
      details: { location, pid: holder.pid, host: holder.host, since: holder.since, command: holder.command },
    });
  }
}

export interface WriterLock {
  /** Cheap enough to be asked at every write. @throws StoreBusyError when somebody took our place, perhaps while we stood still */
  readonly assertHeld: () => void;
  /** Gives it back, if it is still ours. */
  release(): Promise<void>;
}

export interface WriterLockOptions {
  readonly folder: string;
  readonly clock: Clock;
  readonly command: string;
  /** Somebody took our place: nothing may be written any more. */
  readonly onLost: (error: StoreBusyError) => void;
}

const TOUCH_MS = 10_000;
const SILENCE_MS = 60_000;
/** Each round means that somebody else took or gave back the lock in just that moment. */
const MAX_ROUNDS = 100;

/** @throws StoreBusyError */
export async function acquireWriterLock(options: WriterLockOptions): Promise<WriterLock> {
  const { folder, clock, command } = options;
  const path = `${folder}/writer.lock`;
  const self: WriterLockHolder = { ...currentProcess(), nonce: randomUUID(), since: clock.now(), command };
  const own = `${folder}/.writer-${self.nonce}`;
  try {
    await writeDurably(own, `${JSON.stringify(self, undefined, 2)}\n`);
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      if ((await linkIfFree(own, path)) || (await succeed(path, own, self))) {
        return await settleDown(own, path, self, options);
      }
    }
    throw new Error(`cannot settle who writes to ${folder}`);
  } finally {
    await rm(own, { force: true }).catch(() => {});
  }
}

/** When the disk refuses what is left to do, nobody has it, although the file names us. */
async function settleDown(own: string, path: string, self: WriterLockHolder, options: WriterLockOptions): Promise<WriterLock> {
  try {
    await sweepLeftovers(options.folder);
    await rm(own, { force: true });
    return hold(path, self, options);
  } catch (error) {
    givenBack.add(self.nonce);
    throw error;
  }
}

/** Takes the place of a dead holder. False: look again, something changed. @throws StoreBusyError */
async function succeed(path: string, own: string, self: WriterLockHolder): Promise<boolean> {
  const first = await readHolder(path);
  const claims: string[] = [];
  for (let holder = first; holder !== undefined; ) {
    if (!(await isGone(claims.at(-1) ?? path, holder, self))) throw new StoreBusyError(path, holder);
    const claim = `${path}.${holder.nonce}`;
    claims.push(claim);
    if (await linkIfFree(own, claim)) return finish(path, own, first as WriterLockHolder, claims);
    holder = await readHolder(claim);
  }
  return false;
}

async function finish(path: string, own: string, dead: WriterLockHolder, claims: readonly string[]): Promise<boolean> {
  const isStillThere = (await readHolder(path))?.nonce === dead.nonce;
  if (!isStillThere) {
    await rm(claims.at(-1) as string, { force: true });
    return false;
  }
  await rename(own, path);
  for (const claim of claims) await rm(claim, { force: true });
  return true;
}

/** What takers left who died while they tried. Called by the holder: no claim on an earlier one can succeed any more. */
async function sweepLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = `${folder}/${name}`;
    const isAbandoned = name.startsWith(".writer-") && (await silenceMs(path)) > SILENCE_MS;
    if (isAbandoned || name.startsWith("writer.lock.")) await rm(path, { force: true });
  }
}

async function silenceMs(path: string): Promise<number> {
  return stat(path).then(
    (stats) => Date.now() - stats.mtimeMs,
    () => 0,
  );
}

/** Of this process, on disks that did not let us take the file away. */
const givenBack = new Set<string>();

async function isGone(path: string, holder: WriterLockHolder, self: WriterLockHolder): Promise<boolean> {
  if (givenBack.has(holder.nonce)) return true;
  const liveness = livenessOf(holder, self);
  if (liveness !== "unknown") return liveness === "dead";
  return (await silenceMs(path)) > SILENCE_MS;
}

function hold(path: string, self: WriterLockHolder, options: WriterLockOptions): WriterLock {
  const file = openSync(path, "r");
  let isOpen = true;
  let lost: StoreBusyError | undefined;
  const lose = (holder: WriterLockHolder | undefined) => {
    clearInterval(timer);
    lost ??= new StoreBusyError(path, holder ?? self);
    options.onLost(lost);
    return lost;
  };
  const timer = setInterval(async () => {
    const holder = await readHolder(path).catch(() => self);
    if (holder?.nonce !== self.nonce) {
      lose(holder);
      return;
    }
    const now = new Date();
    await utimes(path, now, now).catch(() => {});
  }, TOUCH_MS);
  timer.unref();
  return {
    assertHeld() {
      if (lost !== undefined) throw lost;
      if (isOpen && fstatSync(file).nlink === 0) throw lose(parseHolder(readIfThere(path)));
    },
    async release() {
      clearInterval(timer);
      if (isOpen) closeSync(file);
      isOpen = false;
      givenBack.add(self.nonce);
      try {
        if ((await readHolder(path))?.nonce === self.nonce) await rm(path, { force: true });
        givenBack.delete(self.nonce);
      } catch {
        // The disk does not allow it. Other processes find out that we are gone, this one that it was given back.
      }
    },
  };
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** Who writes at the moment, for those who only read. */
export async function readWriterLock(folder: string): Promise<WriterLockHolder | undefined> {
  return readHolder(`${folder}/writer.lock`);
}

async function readHolder(path: string): Promise<WriterLockHolder | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  return parseHolder(text);
}

/** A file cut by a power failure names nobody: a process that is gone. */
function parseHolder(text: string): WriterLockHolder {
  try {
    const holder = JSON.parse(text) as WriterLockHolder;
    if (Number.isInteger(holder.pid) && typeof holder.nonce === "string") return holder;
  } catch {
    // Falls through to the answer for an unreadable file.
  }
  return { pid: 0, host: currentProcess().host, bootId: "unreadable", nonce: "unreadable", since: 0, command: "unknown" };
}

async function linkIfFree(own: string, path: string): Promise<boolean> {
  try {
    await link(own, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  const handle = await open(path, "wx", 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
