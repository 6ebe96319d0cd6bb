/** Files of the repository, for tests that compare documentation with code. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../../", import.meta.url));

export interface SourceFile {
  /** Relative to the root of the repository. */
  readonly path: string;
  readonly text: string;
}

const GENERATED = new Set(["node_modules", "dist", "bundle", ".git", "workspaces"]);

/** Files below `folder` (relative to the root) whose path fits; generated folders are left out. */
export function filesIn(folder: string, fits: (path: string) => boolean): readonly SourceFile[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return GENERATED.has(entry.name) ? [] : filesIn(path, fits);
    return entry.isFile() && fits(path) ? [{ path, text: readFileSync(join(root, path), "utf8") }] : [];
  });
}
