/** A folder that only its owner can look into, and that is gone afterwards, also when the command is left half-way. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A closed terminal would end the process at once. */
const HANGUP_EXIT = 129;

/** In the memory of the session where there is such a place, else where temporary files are. */
export async function inPrivateFolder<T>(
  environment: Readonly<Record<string, string | undefined>>,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  // At once: no signal can come between the making and the care for its end.
  const folder = make(environment.XDG_RUNTIME_DIR) ?? (make(tmpdir()) as string);
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  const leave = (): never => process.exit(HANGUP_EXIT);
  process.on("exit", remove);
  process.on("SIGHUP", leave);
  try {
    return await work(folder);
  } finally {
    process.off("SIGHUP", leave);
    process.off("exit", remove);
    remove();
  }
}

/** Absent: there is no such place, or not for us. @throws for the folder of temporary files */
function make(below: string | undefined): string | undefined {
  if (below === undefined || below === "") return undefined;
  try {
    return mkdtempSync(join(below, "provisioning-sops-"));
  } catch (error) {
    if (below === tmpdir()) throw error;
    return undefined;
  }
}
