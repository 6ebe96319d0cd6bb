/** A log that grows as long as something writes to it: `x.log` becomes `x.log.1`, that one `.2`, and the oldest goes. */

import { rename, rm, stat } from "node:fs/promises";

export interface Rotation {
  /** Beside which the older ones are. */
  readonly file: string;
  /** A file that has grown beyond this is put aside. */
  readonly maxBytes: number;
  /** Older files that stay. */
  readonly keep: number;
}

/** True when the file was too large and has another name now. @throws what renaming throws */
export async function putAside({ file, maxBytes, keep }: Rotation): Promise<boolean> {
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  );
  if (size <= maxBytes) return false;
  await rm(`${file}.${keep}`, { force: true });
  for (let number = keep - 1; number >= 1; number -= 1) await renameIfThere(`${file}.${number}`, `${file}.${number + 1}`);
  await rename(file, `${file}.1`);
  return true;
}

async function renameIfThere(from: string, to: string): Promise<void> {
  await rename(from, to).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
}
