/** KCL files below folders. Links to folders are not followed, so that a walk ends. */

import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { ActionContext } from "../context.js";
import { existing, type KclFiles } from "./files.js";

/** Folders that hold other people's code. */
const SKIPPED: ReadonlySet<string> = new Set(["node_modules", "vendor"]);

/** A folder stands for the files below it that are accepted, sorted; a file stands for itself. @throws KclFileMissingError */
export async function findSources(
  context: ActionContext,
  files: KclFiles,
  paths: readonly string[],
  accepts: (name: string) => boolean = (name) => name.endsWith(".k"),
): Promise<readonly string[]> {
  const found = existing(context, files, paths).map(async (path) =>
    files.host.isDirectory(path) ? below(path, accepts) : [path],
  );
  return [...new Set((await Promise.all(found)).flat())];
}

async function below(folder: string, accepts: (name: string) => boolean): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !entry.name.startsWith(".") && !SKIPPED.has(entry.name))
      found.push(...(await below(path, accepts)));
    else if (!entry.isDirectory() && accepts(entry.name)) found.push(resolve(path));
  }
  return found;
}
