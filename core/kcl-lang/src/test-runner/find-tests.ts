/** Which files hold tests: `*_test.k`, folder by folder. The other files of a folder are the package under test. */
import type { KclHost } from "../packages/host.js";
import { packageFiles } from "../packages/locate.js";
import { folderOf, joinPath } from "../packages/paths.js";

export interface TestGroup {
  readonly folder: string;
  /** Files of the package under test. */
  readonly files: readonly string[];
  readonly tests: readonly string[];
}

/** Folders that hold other people's code, or none at all. */
const skipped: ReadonlySet<string> = new Set(["node_modules", "vendor"]);

/** A folder stands for all its test files, in folders below it too; a file stands for itself. In order of path. */
export function findTests(host: KclHost, paths: readonly string[]): TestGroup[] {
  const groups = new Map<string, Set<string>>();
  const add = (file: string): void => {
    const folder = folderOf(file);
    groups.set(folder, (groups.get(folder) ?? new Set()).add(file));
  };
  const walk = (folder: string): void => {
    for (const name of [...(host.listDir(folder) ?? [])].sort()) {
      const path = joinPath(folder, name);
      if (isTestFile(name)) add(path);
      else if (!name.startsWith(".") && !skipped.has(name) && host.isDirectory(path)) walk(path);
    }
  };
  for (const path of paths) {
    if (host.isDirectory(path)) walk(path);
    else add(path);
  }
  return [...groups].map(([folder, files]) => ({ folder, files: packageFiles(host, folder), tests: [...files].sort() }));
}

export function isTestFile(path: string): boolean {
  return path.endsWith("_test.k");
}
