/** File access on Node. The only file of the package that needs it. */
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
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
  /** What `file.read_env` sees. Default: nothing. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** Reads files of this machine. */
export function createNodeHost(options: NodeHostOptions = {}): KclHost {
  return {
    readFile: (path) => attempt(() => readFileSync(path, "utf8")),
    listDir: (path) => attempt(() => readdirSync(path)),
    isDirectory: (path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false,
    readEnvironment: (name) => options.environment?.[name],
    ...(options.allowChanges && { files }),
  };
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
