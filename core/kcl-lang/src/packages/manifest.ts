/** What the loader needs of a `kcl.mod` file: the package's name and its dependencies by path. */

export interface Manifest {
  readonly name: string | undefined;
  /** Dependency name to folder, relative to the manifest. */
  readonly localDependencies: ReadonlyMap<string, string>;
}

/** Reads the subset of TOML that manifests use; anything else is skipped. */
export function readManifest(text: string): Manifest {
  let section = "";
  let name: string | undefined;
  const localDependencies = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const header = /^\s*\[([^\]]+)\]/.exec(line);
    if (header !== null) section = header[1]!.trim();
    const pair = /^\s*"?([\w.-]+)"?\s*=\s*(.*)$/.exec(line);
    if (pair === null) continue;
    const [, key, value] = pair as unknown as [string, string, string];
    const quoted = /^"([^"]*)"/.exec(value)?.[1];
    if (section === "package" && key === "name" && quoted !== undefined) name = quoted;
    const path = section === "dependencies" ? /path\s*=\s*"([^"]*)"/.exec(value)?.[1] : undefined;
    if (path !== undefined) localDependencies.set(key, path);
  }
  return { name, localDependencies };
}
