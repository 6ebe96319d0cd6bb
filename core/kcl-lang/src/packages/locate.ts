/** From an import path to the files it stands for. */
import { systemModuleNames } from "../library/registry.js";
import type { KclHost } from "./host.js";
import { baseName, folderOf, joinPath } from "./paths.js";

/** A folder from which import paths start: the program's own, or that of an external package. */
export interface ModuleRoot {
  /** Undefined for the program's own root. */
  readonly name: string | undefined;
  readonly folder: string;
}

export type Located =
  | { readonly kind: "system"; readonly name: string }
  | { readonly kind: "package"; readonly path: string; readonly root: ModuleRoot; readonly files: readonly string[] }
  | { readonly kind: "missing"; readonly path: string; readonly relative: boolean; readonly from: string }
  | { readonly kind: "plugin"; readonly path: string }
  | { readonly kind: "ambiguous"; readonly path: string };

export interface LocateContext {
  readonly host: KclHost;
  readonly root: ModuleRoot;
  readonly external: ReadonlyMap<string, string>;
  /** Folder of packages that nothing names one by one. */
  readonly vendor?: string | undefined;
  /** Other import paths of packages, whole. */
  readonly aliases?: Readonly<Record<string, string>> | undefined;
  /** Of a path that is also another path of a package: whether these files of the program are meant. */
  readonly isMeant?: (own: readonly string[]) => boolean;
}

/** The nearest folder with a `kcl.mod`, going up from a file; else the folder of the file. */
export function findModuleRoot(host: KclHost, file: string): string {
  for (let folder = folderOf(file); ; folder = folderOf(folder)) {
    if (host.readFile(joinPath(folder, "kcl.mod")) !== undefined) return folder;
    if (folder === "/" || folder === "") return folderOf(file);
  }
}

export function locate(context: LocateContext, importPath: string, file: string): Located {
  const dots = /^\.*/.exec(importPath)![0].length;
  if (dots > 0) return locateRelative(context, importPath, dots, file);
  const [first = "", ...rest] = importPath.split(".");
  if (rest.length === 0 && systemModuleNames.has(first)) return { kind: "system", name: first };
  const alias = context.aliases?.[importPath];
  if (alias !== undefined && !meansOwn(context, filesInside(context, importPath), file))
    return locate({ ...context, aliases: {} }, alias, file);
  if (first === "kcl_plugin" && !context.external.has(first)) return { kind: "plugin", path: importPath };
  const inside = filesInside(context, importPath);
  const folder = context.external.get(first) ?? vendored(context, first);
  const outside = folder === undefined ? undefined : filesAt(context.host, joinPath(folder, rest.join("/")));
  if (inside !== undefined && outside !== undefined && context.root.folder !== folder)
    return { kind: "ambiguous", path: importPath };
  if (outside !== undefined) return { kind: "package", path: importPath, root: { name: first, folder: folder! }, files: outside };
  if (inside !== undefined) return { kind: "package", path: pathIn(context.root, importPath), root: context.root, files: inside };
  return { kind: "missing", path: importPath, relative: false, from: context.root.folder };
}

/** No file means the package that it lies in. */
function meansOwn({ isMeant }: LocateContext, own: readonly string[] | undefined, file: string): boolean {
  return own !== undefined && !own.includes(file) && isMeant?.(own) !== false;
}

function filesInside({ host, root }: LocateContext, importPath: string): string[] | undefined {
  return filesAt(host, joinPath(root.folder, importPath.replaceAll(".", "/")));
}

function vendored({ host, vendor }: LocateContext, name: string): string | undefined {
  const folder = vendor === undefined ? undefined : joinPath(vendor, name);
  return folder !== undefined && host.isDirectory(folder) ? folder : undefined;
}

function pathIn(root: ModuleRoot, path: string): string {
  return root.name === undefined ? path : path === "" ? root.name : `${root.name}.${path}`;
}

function locateRelative(context: LocateContext, importPath: string, dots: number, file: string): Located {
  let folder = folderOf(file);
  for (let step = 1; step < dots; step++) folder = folderOf(folder);
  const target = joinPath(folder, importPath.slice(dots).replaceAll(".", "/"));
  const files = filesAt(context.host, target);
  const isInside = target.startsWith(`${context.root.folder}/`);
  if (files === undefined && isInside) return { kind: "missing", path: importPath, relative: true, from: target };
  const inRoot = isInside ? target.slice(context.root.folder.length + 1) : target;
  return { kind: "package", path: pathIn(context.root, inRoot.replaceAll("/", ".")), root: context.root, files: files ?? [] };
}

/** The files of a package folder in order of name, or the single file of a module. */
function filesAt(host: KclHost, path: string): string[] | undefined {
  if (host.isDirectory(path)) {
    const files = packageFiles(host, path);
    if (files.length > 0 || host.readFile(`${path}.k`) === undefined) return files;
  }
  return host.readFile(`${path}.k`) === undefined ? undefined : [`${path}.k`];
}

export function packageFiles(host: KclHost, folder: string): string[] {
  const names = host.listDir(folder) ?? [];
  return names
    .filter((name) => name.endsWith(".k") && !name.startsWith("_") && !name.endsWith("_test.k"))
    .sort()
    .map((name) => joinPath(folder, name));
}

export function moduleName(file: string): string {
  return baseName(file).replace(/\.k$/, "");
}
