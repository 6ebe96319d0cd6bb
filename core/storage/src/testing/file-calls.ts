/**
 * Everything that this process asks of the file system to change under one folder, whoever in the process asks: seen before it is done and
 * after, refused, or done by halves. Works on Node's own functions, so that nothing has to be told of it.
 */

import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

export type FileCallName = "open" | "write" | "sync" | "truncate" | "rename" | "link" | "remove" | "mkdir" | "touch";

export interface FileCall {
  readonly name: FileCallName;
  readonly path: string;
  /** The new name, of `rename` and `link`. */
  readonly to?: string;
  /** Of `open`: whether there is a new or emptied file afterwards; others are not told of. */
  readonly empties?: boolean;
  /** Of `write`. */
  readonly data?: Uint8Array;
  /** Of `truncate`, and of `write` where it is not the end of what was written so far through the same handle. */
  readonly at?: number;
  /** Of `write`: it goes to the end of the file, wherever that is. */
  readonly appends?: boolean;
  /** Of `write`: writes only so many bytes, now. */
  readonly writePart?: (bytes: number) => void;
}

export interface FileCallWatcher {
  /** What it throws is what the caller is told; nothing is done then. */
  before(call: FileCall): void;
  after(call: FileCall): void;
}

interface Opened {
  readonly path: string;
  readonly appends: boolean;
}

type Anything = (...args: unknown[]) => unknown;

/** Until the returned function is called. One at a time. */
export function watchFileCalls(folder: string, watcher: FileCallWatcher): () => void {
  const restore: (() => void)[] = [];
  const patch = (target: object, name: string, make: (original: Anything) => Anything) => {
    const original = Reflect.get(target, name) as Anything;
    const replacement = make(original.bind(target) as Anything);
    Reflect.set(target, name, replacement);
    restore.push(() => Reflect.set(target, name, original));
  };
  const files = new Map<number, Opened>();
  const isOurs = (path: unknown): path is string =>
    typeof path === "string" && (path === folder || path.startsWith(`${folder}/`));
  const writeSync = fs.writeSync.bind(fs);

  function around<Result>(call: FileCall | undefined, act: () => Result): Result {
    if (call === undefined) return act();
    watcher.before(call);
    const result = act();
    if (!(result instanceof Promise)) {
      watcher.after(call);
      return result;
    }
    return result.then((value: unknown) => {
      watcher.after(call);
      return value;
    }) as Result;
  }

  const written = (fd: number, data: unknown, offset: unknown, length: unknown, position: unknown): FileCall | undefined => {
    const file = files.get(fd);
    if (file === undefined) return undefined;
    const bytes = bytesOf(data, offset, length);
    return {
      name: "write",
      path: file.path,
      data: bytes,
      ...(file.appends ? { appends: true } : {}),
      ...(typeof position === "number" ? { at: position } : {}),
      writePart: (count) => void writeSync(fd, bytes, 0, count, typeof position === "number" ? position : null),
    };
  };
  const synced = (fd: number): FileCall | undefined => {
    const file = files.get(fd);
    return file === undefined ? undefined : { name: "sync", path: file.path };
  };
  const cut = (fd: number, at: unknown): FileCall | undefined => {
    const file = files.get(fd);
    return file === undefined ? undefined : { name: "truncate", path: file.path, at: Number(at ?? 0) };
  };
  const opening = (path: unknown, flags: unknown): FileCall | undefined =>
    isOurs(path) && isWriting(flags)
      ? { name: "open", path, empties: String(flags).includes("w") || !fs.existsSync(path) }
      : undefined;

  const named: Readonly<Record<string, (args: readonly unknown[]) => FileCall | undefined>> = {
    rename: ([path, to]) => (isOurs(path) ? { name: "rename", path, to: String(to) } : undefined),
    link: ([path, to]) => (isOurs(path) ? { name: "link", path, to: String(to) } : undefined),
    rm: ([path]) => (isOurs(path) ? { name: "remove", path } : undefined),
    unlink: ([path]) => (isOurs(path) ? { name: "remove", path } : undefined),
    mkdir: ([path]) => (isOurs(path) ? { name: "mkdir", path } : undefined),
    truncate: ([path, at]) => (isOurs(path) ? { name: "truncate", path, at: Number(at ?? 0) } : undefined),
    utimes: ([path]) => (isOurs(path) ? { name: "touch", path } : undefined),
  };
  for (const [name, callOf] of Object.entries(named)) {
    const wrap =
      (original: Anything) =>
      (...args: unknown[]) =>
        around(callOf(args), () => original(...args));
    patch(fs.promises, name, (original) => refusing(wrap(original)));
    patch(fs, `${name}Sync`, wrap);
  }

  patch(fs.promises, "open", (original) => async (...args: unknown[]) => {
    const [path, flags] = args;
    const handle = (await around(opening(path, flags), () => original(...args) as Promise<unknown>)) as fs.promises.FileHandle;
    if (isOurs(path)) watchHandle(handle, path, String(flags).includes("a"));
    return handle;
  });
  const watchHandle = (handle: fs.promises.FileHandle, path: string, appends: boolean) => {
    const { fd } = handle;
    files.set(fd, { path, appends });
    const own = (name: string, callOf: (args: readonly unknown[]) => FileCall | undefined) =>
      patch(handle, name, (original) => refusing((...args) => around(callOf(args), () => original(...args))));
    own("write", ([data, offset, length, position]) => written(fd, data, offset, length, position));
    own("writeFile", ([data]) => written(fd, data, undefined, undefined, undefined));
    own("appendFile", ([data]) => written(fd, data, undefined, undefined, undefined));
    own("writev", ([list, position]) => written(fd, joined(list), undefined, undefined, position));
    own("sync", () => synced(fd));
    own("datasync", () => synced(fd));
    own("truncate", ([at]) => cut(fd, at));
    const close = handle.close.bind(handle);
    handle.close = () => {
      files.delete(fd);
      return close();
    };
  };

  patch(fs, "openSync", (original) => (...args) => {
    const [path, flags] = args;
    const fd = around(opening(path, flags), () => original(...args)) as number;
    if (isOurs(path)) files.set(fd, { path, appends: String(flags).includes("a") });
    return fd;
  });
  patch(fs, "closeSync", (original) => (fd) => {
    files.delete(fd as number);
    return original(fd);
  });
  const onDescriptor = (name: string, callOf: (fd: number, args: readonly unknown[]) => FileCall | undefined) =>
    patch(
      fs,
      name,
      (original) =>
        (...args) =>
          around(callOf(args[0] as number, args.slice(1)), () => original(...args)),
    );
  onDescriptor("writeSync", (fd, [data, offset, length, position]) => written(fd, data, offset, length, position));
  onDescriptor("writevSync", (fd, [list, position]) => written(fd, joined(list), undefined, undefined, position));
  onDescriptor("fsyncSync", (fd) => synced(fd));
  onDescriptor("fdatasyncSync", (fd) => synced(fd));
  onDescriptor("ftruncateSync", (fd, [at]) => cut(fd, at));

  syncBuiltinESMExports();
  return () => {
    for (const undo of restore.reverse()) undo();
    syncBuiltinESMExports();
  };
}

/** What is thrown becomes a promise that is rejected, as of the functions in whose place it stands. */
function refusing(act: Anything): Anything {
  return (...args) => {
    try {
      return act(...args);
    } catch (error) {
      return Promise.reject(error);
    }
  };
}

function isWriting(flags: unknown): boolean {
  return typeof flags === "string" && /[wa+]/.test(flags);
}

function joined(list: unknown): Buffer {
  return Buffer.concat(list as readonly Uint8Array[]);
}

function bytesOf(data: unknown, offset: unknown, length: unknown): Buffer {
  if (typeof data === "string") return Buffer.from(data);
  const view = data as Uint8Array;
  const start = typeof offset === "number" ? offset : 0;
  const end = typeof length === "number" ? start + length : view.byteLength;
  return Buffer.from(view.subarray(start, end));
}
