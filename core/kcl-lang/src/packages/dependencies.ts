/** Which folders the packages outside of a program are in: those given by name, and those that `kcl.mod` files name. */
import type { KclHost } from "./host.js";
import { type Dependency, readManifest } from "./manifest.js";
import { joinPath } from "./paths.js";

export interface ExternalPackages {
  /** Name to folder. */
  readonly folders: ReadonlyMap<string, string>;
  /** Names that a `kcl.mod` promises and that are not there, with the reason for people. */
  readonly missing: ReadonlyMap<string, string>;
}

export interface ExternalRequest {
  /** Given by name; they win over what manifests say. */
  readonly packages?: Readonly<Record<string, string>>;
  /** Where packages with a version are: `name_version` or `name`. */
  readonly vendorFolder?: string;
}

/** Follows the dependencies of the root, then theirs; the first that claims a name has it. */
export function findExternalPackages(host: KclHost, root: string, request: ExternalRequest): ExternalPackages {
  const folders = new Map(Object.entries(request.packages ?? {}));
  const missing = new Map<string, string>();
  const open = [root, ...folders.values()];
  const seen = new Set<string>();
  for (let folder = open.shift(); folder !== undefined; folder = open.shift()) {
    if (seen.has(folder)) continue;
    seen.add(folder);
    const text = host.readFile(joinPath(folder, "kcl.mod"));
    for (const dependency of text === undefined ? [] : readManifest(text).dependencies) {
      if (folders.has(dependency.name)) continue;
      const found = findDependency(host, folder, dependency, request.vendorFolder);
      if (typeof found === "string") {
        folders.set(dependency.name, found);
        missing.delete(dependency.name);
        open.push(found);
      } else if (!missing.has(dependency.name)) missing.set(dependency.name, found.reason);
    }
  }
  return { folders, missing };
}

function findDependency(
  host: KclHost,
  folder: string,
  { name, path, version }: Dependency,
  vendor: string | undefined,
): string | { readonly reason: string } {
  const manifest = joinPath(folder, "kcl.mod");
  if (path !== undefined) {
    const target = path.startsWith("/") ? joinPath(path) : joinPath(folder, path);
    return host.isDirectory(target)
      ? target
      : { reason: `${manifest} says that '${name}' is at ${target}; there is no such folder` };
  }
  const candidates = vendor === undefined ? [] : [joinPath(vendor, `${name}_${version ?? ""}`), joinPath(vendor, name)];
  const found = candidates.find((candidate) => host.isDirectory(candidate));
  const where = vendor === undefined ? "and there is no folder of vendored packages" : `which is not in ${vendor}`;
  return found ?? { reason: `${manifest} asks for '${name}' ${version ?? ""} from a registry, ${where}` };
}
