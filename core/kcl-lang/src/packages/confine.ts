/**
 * The folders that a program may use. A program is somebody's input: an import, `file.read` or a dependency in its `kcl.mod` must not
 * reach beyond its module. What is asked for is judged by the path and by where the path really leads, so that neither `..` nor a
 * symbolic link leads out.
 */
import type { KclFileActions, KclHost } from "./host.js";
import { normalizePath } from "./paths.js";

/** The longest path that is looked at. */
const longestPath = 4096;

/**
 * The same host, without anything that is not below one of `roots` or one of `files` itself. Reading what is outside finds nothing;
 * changing it fails with `EACCES`. A host that allows everything is returned as it is.
 */
export function confineHost(host: KclHost, roots: readonly string[], files: readonly string[] = []): KclHost {
  if (host.outside) return host;
  const allowed = new Allowance(host, [...roots, ...(host.folders ?? [])], files);
  const inside = (path: string): string | undefined => allowed.pathTo(path);
  return {
    readFile: (path) => useInside(inside(path), host.readFile.bind(host)),
    listDir: (path) => useInside(inside(path), host.listDir.bind(host)),
    isDirectory: (path) => useInside(inside(path), host.isDirectory.bind(host)) ?? false,
    mayUse: (path) => inside(path) !== undefined,
    ...(host.readEnvironment && { readEnvironment: host.readEnvironment.bind(host) }),
    ...(host.files && { files: confinedActions(host.files, allowed) }),
  };
}

function useInside<T>(path: string | undefined, use: (path: string) => T): T | undefined {
  return path === undefined ? undefined : use(path);
}

class Allowance {
  private readonly roots: readonly { readonly path: string; readonly real: string }[];
  private readonly files: ReadonlySet<string>;

  constructor(
    private readonly host: KclHost,
    roots: readonly string[],
    files: readonly string[],
  ) {
    this.roots = [...new Set(roots.map(normalizePath))].map((path) => ({ path, real: this.real(path) ?? path }));
    this.files = new Set(files.map(normalizePath));
  }

  /** The path to use, or undefined when it is outside. `strictly`: a root itself is outside too. */
  pathTo(path: string, strictly = false): string | undefined {
    if (!path.startsWith("/") || path.length > longestPath || path.includes("\0")) return undefined;
    const plain = normalizePath(path);
    if (!strictly && this.files.has(plain)) return plain;
    if (!this.roots.some((root) => isBelow(plain, root.path, strictly))) return undefined;
    const real = this.real(plain);
    return real !== undefined && this.roots.some((root) => isBelow(real, root.real, strictly)) ? plain : undefined;
  }

  private real(path: string): string | undefined {
    return this.host.realPath === undefined ? path : this.host.realPath(path);
  }
}

function isBelow(path: string, root: string, strictly: boolean): boolean {
  if (path === root) return !strictly;
  return root === "/" || path.startsWith(`${root}/`);
}

function confinedActions(files: KclFileActions, allowed: Allowance): KclFileActions {
  const require = (path: string, strictly = true): string => allowed.pathTo(path, strictly) ?? refuse(path);
  return {
    write: (path, text) => files.write(require(path), text),
    append: (path, text) => files.append(require(path), text),
    makeFolder: (path, existsOk) => files.makeFolder(require(path), existsOk),
    remove: (path) => files.remove(require(path)),
    copy: (from, to) => files.copy(require(from, false), require(to)),
    move: (from, to) => files.move(require(from), require(to)),
    size: (path) => files.size(require(path, false)),
  };
}

function refuse(path: string): never {
  throw Object.assign(new Error(`${path} is outside of the module`), { code: "EACCES" });
}
