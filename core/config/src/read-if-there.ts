/** Reading a file that may be missing. */

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";

/** The file's text, or nothing when there is no such file. */
export async function readIfThere(file: string): Promise<string | undefined> {
  // Most files that are asked for are not there, and an error that nobody sees takes ten times as long as this look.
  if (!existsSync(file)) return undefined;
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
