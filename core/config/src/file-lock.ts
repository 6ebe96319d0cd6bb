/** Keeps two processes from changing one file at once. */

import { open, rm, stat } from "node:fs/promises";
import type { Clock } from "@provisioning/model";

/** A lock older than this was left by a process that died. */
const STALE_MS = 10_000;
const RETRY_MS = 20;

/** Waits until the file at `path` can be made; the function takes it away again. */
export async function lockFile(path: string, clock: Clock): Promise<() => Promise<void>> {
  for (;;) {
    const unlock = await tryLockFile(path);
    if (unlock !== undefined) return unlock;
    await clock.sleep(RETRY_MS);
  }
}

/** Absent, without waiting, while somebody else has it. */
export async function tryLockFile(path: string): Promise<(() => Promise<void>) | undefined> {
  const age = await stat(path).then(
    (found) => Date.now() - found.mtimeMs,
    () => 0,
  );
  if (age > STALE_MS) await rm(path, { force: true });
  try {
    await (await open(path, "wx", 0o600)).close();
    return () => rm(path, { force: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return undefined;
  }
}
