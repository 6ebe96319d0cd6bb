/**
 * Reads an archive of a workspace. It may come from anyone: every entry is looked at before it is written, everything goes into a folder of
 * its own first, and that folder becomes the workspace only when the archive was read to its end without a complaint.
 */

import { randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readdir, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Transform } from "node:stream";
import { createGunzip } from "node:zlib";
import { isJsonObject, ProvisioningError } from "@provisioning/model";
import { pathKey, pathProblem } from "./entry-path.js";
import { ArchiveInvalidError, ArchiveRefusedError } from "./errors.js";
import { ARCHIVE_FORMAT, type ArchiveNote, LIMITS, NOTE_FILE, STATE_PART, WORKSPACE_PART } from "./format.js";

export interface UnpackOptions {
  readonly file: string;
  /** Must not exist, or be empty. */
  readonly dir: string;
  /** Where what was recorded goes, relative to `dir`. */
  readonly stateDir: string;
  /** Only read it to its end and tell what would be written. */
  readonly check?: boolean;
}

export interface Unpacked {
  readonly note: ArchiveNote;
  /** Relative to the workspace, sorted. */
  readonly files: readonly string[];
}

/** @throws ArchiveInvalidError, ArchiveRefusedError, ProvisioningError WORKSPACE_EXISTS; nothing is left then */
export async function unpackWorkspace(options: UnpackOptions): Promise<Unpacked> {
  await assertFree(options.dir);
  const beside = options.check === true ? tmpdir() : dirname(options.dir);
  const draft = join(beside, `.import-${randomBytes(6).toString("hex")}`);
  await mkdir(draft, { recursive: true, mode: 0o700 });
  try {
    const unpacked = await unpackInto(draft, options);
    if (options.check === true) {
      await rm(draft, { recursive: true });
      return unpacked;
    }
    await rmdir(options.dir).catch(() => undefined);
    await rename(draft, options.dir);
    return unpacked;
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  }
}

/** What an archive says of itself. @throws ArchiveInvalidError */
export async function readArchiveNote(file: string): Promise<ArchiveNote> {
  for await (const { name, size, content } of entriesOf(file)) {
    if (name !== NOTE_FILE || size > MOST_NOTE_BYTES) break;
    return readNote(file, await content());
  }
  throw new ArchiveInvalidError(file, `it does not begin with ${NOTE_FILE}`);
}

const MOST_NOTE_BYTES = 64 * 1024;

async function assertFree(dir: string): Promise<void> {
  const entries = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  if (entries.length === 0) return;
  throw new ProvisioningError({
    code: "WORKSPACE_EXISTS",
    message: `The folder ${dir} exists already and is not empty.`,
    hint: "Name another folder: --dir <path>.",
  });
}

async function unpackInto(draft: string, { file, stateDir }: UnpackOptions): Promise<Unpacked> {
  const seen = new Map<string, "file" | "directory">();
  const files: string[] = [];
  let note: ArchiveNote | undefined;
  let total = 0;
  for await (const { name, type, size, executable, content } of entriesOf(file)) {
    if (note === undefined && name !== NOTE_FILE) throw new ArchiveInvalidError(file, `it does not begin with ${NOTE_FILE}`);
    const problem = type === "other" ? `${JSON.stringify(name)} is a link or a device` : pathProblem(name);
    if (problem !== undefined) throw new ArchiveRefusedError(file, problem);
    total += size;
    if (seen.size >= LIMITS.entries) throw new ArchiveRefusedError(file, `it has more than ${LIMITS.entries} entries`);
    if (size > LIMITS.fileBytes) throw new ArchiveRefusedError(file, `${name} has more than ${LIMITS.fileBytes} bytes`);
    if (total > LIMITS.totalBytes) throw new ArchiveRefusedError(file, `it holds more than ${LIMITS.totalBytes} bytes`);
    const known = seen.get(pathKey(name));
    if (known !== undefined && (known === "file" || type === "file"))
      throw new ArchiveRefusedError(file, `it has ${JSON.stringify(name)} twice`);
    seen.set(pathKey(name), type as "file" | "directory");
    const bytes = await content();
    if (name === NOTE_FILE) {
      note = readNote(file, bytes);
      continue;
    }
    const path = name.startsWith(STATE_PART) ? join(stateDir, name.slice(STATE_PART.length)) : name.slice(WORKSPACE_PART.length);
    if (type === "directory") {
      await mkdir(join(draft, path), { recursive: true });
      continue;
    }
    await write(file, join(draft, path), name, bytes, executable);
    if (name.startsWith(WORKSPACE_PART)) files.push(path);
  }
  if (note === undefined) throw new ArchiveInvalidError(file, "it is empty");
  return { note, files: files.sort() };
}

async function write(archive: string, path: string, name: string, bytes: Buffer, executable: boolean): Promise<void> {
  const isState = name.startsWith(STATE_PART);
  try {
    await mkdir(dirname(path), { recursive: true, ...(isState ? { mode: 0o700 } : {}) });
    await writeFile(path, bytes, { flag: "wx", mode: isState ? 0o600 : executable ? 0o755 : 0o644 });
  } catch (error) {
    // A name that is a file here and a folder there, or one that this file system takes for another.
    if (["EEXIST", "ENOTDIR", "EISDIR"].includes((error as NodeJS.ErrnoException).code ?? ""))
      throw new ArchiveRefusedError(archive, `it has ${JSON.stringify(name)} twice`);
    throw error;
  }
}

function readNote(file: string, bytes: Buffer): ArchiveNote {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString("utf8"));
  } catch (cause) {
    throw new ArchiveInvalidError(file, `its ${NOTE_FILE} cannot be read`, { cause });
  }
  const { format, name, platformVersion, withState } = (isJsonObject(value as never) ? value : {}) as Partial<ArchiveNote>;
  if (typeof format !== "number" || typeof name !== "string")
    throw new ArchiveInvalidError(file, `its ${NOTE_FILE} says nothing`);
  if (format > ARCHIVE_FORMAT) throw new ArchiveInvalidError(file, `its format ${format} is newer than this program`);
  return { format, name, platformVersion: String(platformVersion), withState: withState === true };
}

interface Entry {
  readonly name: string;
  readonly type: "file" | "directory" | "other";
  readonly size: number;
  readonly executable: boolean;
  readonly content: () => Promise<Buffer>;
}

async function* entriesOf(file: string): AsyncGenerator<Entry> {
  const { extract } = await import("tar-stream");
  const reader = extract();
  const guard = headGuard(file);
  const source = createReadStream(file);
  const unzip = createGunzip();
  const fail = (error: Error): void => {
    reader.destroy(error);
  };
  source.on("error", fail).pipe(unzip).on("error", fail).pipe(guard.stream).on("error", fail);
  guard.stream.pipe(reader as unknown as NodeJS.WritableStream);
  try {
    for await (const entry of reader) {
      const { name, type, size, mode } = entry.header;
      guard.expect(size);
      yield {
        name,
        type: type === "file" || type === "directory" ? type : "other",
        size,
        executable: (mode & 0o111) !== 0,
        content: async () => {
          const chunks: Buffer[] = [];
          for await (const chunk of entry as AsyncIterable<Buffer>) chunks.push(chunk);
          return Buffer.concat(chunks);
        },
      };
    }
  } catch (error) {
    if (error instanceof ProvisioningError) throw error;
    throw new ArchiveInvalidError(file, (error as Error).message, { cause: error });
  } finally {
    source.destroy();
    unzip.destroy();
    guard.stream.destroy();
  }
}

/** Long names come in entries of their own, which the library reads into memory before anyone sees them. */
const MOST_BETWEEN = 1024 * 1024;

/** Lets through what the entries that were announced need, and a little more. */
function headGuard(file: string): { readonly stream: Transform; expect(bytes: number): void } {
  let allowed = MOST_BETWEEN;
  let passed = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      passed += chunk.length;
      if (passed <= allowed) done(null, chunk);
      else done(new ArchiveRefusedError(file, "it hides more than it announces"));
    },
  });
  return { stream, expect: (bytes) => void (allowed = passed + Math.min(bytes, LIMITS.fileBytes) + MOST_BETWEEN) };
}
