/**
 * Long work that is worth doing only once on a machine (building the image, installing an engine), one process at a time. The lock
 * is a file that is created by `link` (fails if it exists) and touched while it is held; a holder that died is recognised by its
 * process or by a file that is not touched any more. Taking over is by rename and not airtight: two holders at once are possible for
 * a moment and must cost no more than time.
 */

import { randomUUID } from "node:crypto";
import { link, mkdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Clock } from "@provisioning/model";

const POLL_MS = 500;
const TOUCH_EVERY_MS = 5_000;
/** A holder that has not touched its file for so long is dead or stopped. */
const STALE_AFTER_MS = 60_000;

export interface MachineLockOptions {
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
  /** Called once when someone else holds the lock. */
  readonly onWait?: () => void;
}

/** A place that all processes of this user share. */
export function machineLockPath(name: string, userId: number | undefined): string {
  return join(tmpdir(), `provisioning-${userId ?? "user"}-${name}.lock`);
}

/** Runs `work` while holding the lock at `path`, waiting for it as long as its holder lives. */
export async function withMachineLock<T>(path: string, options: MachineLockOptions, work: () => Promise<T>): Promise<T> {
  const token = `${process.pid} ${randomUUID()}`;
  await acquire(path, token, options);
  const heartbeat = setInterval(() => void touch(path), TOUCH_EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    if ((await readOrUndefined(path)) === token) await rm(path, { force: true });
  }
}

async function acquire(path: string, token: string, options: MachineLockOptions): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  for (let waited = false; !(await tryCreate(path, token)); waited = true) {
    if ((await isStale(path, options.clock)) && (await removeStale(path))) continue;
    if (!waited) options.onWait?.();
    await options.clock.sleep(POLL_MS, options.signal);
  }
}

async function tryCreate(path: string, token: string): Promise<boolean> {
  const candidate = `${path}.${randomUUID()}`;
  await writeFile(candidate, token, { mode: 0o600 });
  try {
    await link(candidate, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(candidate, { force: true });
  }
}

async function isStale(path: string, clock: Clock): Promise<boolean> {
  const holder = await readOrUndefined(path);
  const touched = await stat(path).then(
    (stats) => stats.mtimeMs,
    () => undefined,
  );
  if (holder === undefined || touched === undefined) return false;
  return !isAlive(Number.parseInt(holder, 10)) || clock.now() - touched > STALE_AFTER_MS;
}

/** By rename: of several that saw it, one takes it away. False when we may not. */
async function removeStale(path: string): Promise<boolean> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT";
  }
  await rm(aside, { force: true });
  return true;
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

async function touch(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now).catch(() => undefined);
}

async function readOrUndefined(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch(() => undefined);
}
