/** Files whose content is made once and is the same ever after: random names, keys, generated secrets. */

import { randomBytes } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { readIfThere } from "./read-if-there.js";

/**
 * The file's text; when there is no such file, `make` gives it. Two processes at once agree on one text, and a crash leaves no
 * empty file: a complete one is linked into place, or the other's is read. Mode 0600, missing folders 0700.
 */
export async function fileMadeOnce(file: string, make: () => string): Promise<string> {
  const existing = await readIfThere(file);
  if (existing !== undefined) return existing;
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}.${randomBytes(4).toString("hex")}`;
  try {
    await writeFile(draft, make(), { mode: 0o600, flush: true });
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    await rm(draft, { force: true });
  }
  return readFile(file, "utf8");
}
