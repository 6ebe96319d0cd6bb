/** Files in memory: for tests, editors and browsers. */
import type { KclHost } from "./packages/host.js";

/** A host over absolute paths and their text; folders are those that the paths imply. */
export function createMemoryHost(files: Readonly<Record<string, string>>): KclHost {
  const names = new Map<string, Set<string>>();
  for (const path of Object.keys(files)) {
    const parts = path.split("/").slice(1);
    for (let depth = 0; depth < parts.length; depth++) {
      const folder = `/${parts.slice(0, depth).join("/")}`;
      const known = names.get(folder) ?? new Set();
      names.set(folder, known.add(parts[depth]!));
    }
  }
  return {
    outside: true,
    readFile: (path) => (Object.hasOwn(files, path) ? files[path] : undefined),
    listDir: (path) => (names.has(path) ? [...names.get(path)!] : undefined),
    isDirectory: (path) => names.has(path),
  };
}
