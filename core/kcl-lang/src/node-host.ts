/** File access on Node. The only file of the package that needs it. */
import {
  appendFileSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import type { KclFileActions, KclHost } from "./packages/host.js";

const files: KclFileActions = {
  write: (path, text) => writeFileSync(path, text),
  append: (path, text) => appendFileSync(path, text),
  makeFolder: (path, existsOk) => {
    if (existsOk) mkdirSync(path, { recursive: true });
    else mkdirSync(path);
  },
  remove: (path) => rmSync(path, { recursive: true }),
  copy: (from, to) => copyFileSync(from, to),
  move: (from, to) => renameSync(from, to),
  size: (path) => statSync(path).size,
};

export interface NodeHostOptions {
  /** Let programs change files by the module `file`. Default: false. */
  readonly allowChanges?: boolean;
  /** Let programs use files outside of their module. Default: false. */
  readonly outside?: boolean;
  /** Folders that programs may use besides their module. */
  readonly folders?: readonly string[];
  /** What `file.read_env` sees. Default: nothing. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** A file that is larger is not read. */
const largestFile = 64 * 1024 * 1024;

/** Reads files of this machine. What programs see of it is confined when they are loaded. */
export function createNodeHost(options: NodeHostOptions = {}): KclHost {
  return {
    readFile: (path) => attempt(() => readText(path)),
    listDir: (path) => attempt(() => readdirSync(path)),
    isDirectory: (path) => attempt(() => statSync(path).isDirectory()) ?? false,
    realPath,
    outside: options.outside ?? false,
    ...(options.folders && { folders: options.folders }),
    readEnvironment: (name) => options.environment?.[name],
    ...(options.allowChanges && { files }),
  };
}

/** Only regular files: a pipe or a device may have no end. */
function readText(path: string): string | undefined {
  const found = statSync(path);
  return found.isFile() && found.size <= largestFile ? readFileSync(path, "utf8") : undefined;
}

/** A new file is where its folder is. A link that leads nowhere is refused: writing to it would follow it. */
function realPath(path: string): string | undefined {
  const found = attempt(() => realpathSync.native(path));
  if (found !== undefined) return found;
  if (attempt(() => lstatSync(path)) !== undefined || path === "/") return undefined;
  const folder = realPath(dirname(path));
  return folder === undefined ? undefined : join(folder, basename(path));
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
