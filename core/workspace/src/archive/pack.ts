/** Writes a workspace into an archive. The same files give the same bytes, whenever and wherever. */

import { createWriteStream } from "node:fs";
import { open, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { ProvisioningError } from "@provisioning/model";
import { type ArchiveNote, LIMITS, NOTE_FILE, WORKSPACE_PART } from "./format.js";

/** One file of the archive and where its content is. */
export interface ArchivedFile {
  /** Within the archive. */
  readonly path: string;
  readonly source: string;
}

export interface PackOptions {
  readonly note: ArchiveNote;
  /** The workspace's folder, and its files relative to it. */
  readonly root: string;
  readonly files: readonly string[];
  /** What else goes in, in this order. */
  readonly more: readonly ArchivedFile[];
  /** Replaced as a whole once it is complete. */
  readonly target: string;
}

/** Bytes of the archive. @throws ProvisioningError ARCHIVE_TOO_LARGE */
export async function packWorkspace(options: PackOptions): Promise<number> {
  const { note, root, target } = options;
  const files = [
    ...options.files.map((path) => ({ path: `${WORKSPACE_PART}${path}`, source: join(root, path) })),
    ...options.more,
  ];
  await assertWithinLimits(files);
  const { pack } = await import("tar-stream");
  const archive = pack();
  const draft = `${target}.${process.pid}.draft`;
  const writing = pipeline(
    archive as unknown as NodeJS.ReadableStream,
    createGzip({ level: 9 }),
    createWriteStream(draft, { mode: 0o600 }),
  );
  try {
    const fill = async (): Promise<void> => {
      await entry(NOTE_FILE, Buffer.from(`${JSON.stringify(note, null, 2)}\n`), false);
      for (const { path, source } of files) {
        const { content, executable } = await readPlain(source);
        await entry(path, content, executable);
      }
      archive.finalize();
    };
    const filling = fill().catch((error: unknown) => {
      archive.destroy(error as Error);
      throw error;
    });
    await Promise.all([filling, writing]);
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  return (await stat(target)).size;

  function entry(name: string, content: Buffer, executable: boolean): Promise<void> {
    const header = { name, mode: executable ? 0o755 : 0o644, mtime: new Date(0), uid: 0, gid: 0, uname: "", gname: "" };
    return new Promise((done, fail) => {
      archive.entry({ ...header, type: "file", size: content.length }, content, (error) => (error ? fail(error) : done()));
    });
  }
}

/** What nobody could read back is not written. */
async function assertWithinLimits(files: readonly ArchivedFile[]): Promise<void> {
  const sizes = await Promise.all(files.map(async ({ source }) => (await stat(source)).size));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const large = files[sizes.findIndex((size) => size > LIMITS.fileBytes)];
  if (large === undefined && total <= LIMITS.totalBytes && files.length < LIMITS.entries) return;
  const reason =
    large !== undefined
      ? `${large.path} has more than ${LIMITS.fileBytes} bytes`
      : `${files.length} files with ${total} bytes are more than ${LIMITS.entries} files or ${LIMITS.totalBytes} bytes`;
  throw new ProvisioningError({
    code: "ARCHIVE_TOO_LARGE",
    message: `This workspace does not fit into an archive: ${reason}.`,
    hint: "Move what describes no infrastructure out of the workspace, or below runtime/.",
  });
}

async function readPlain(source: string): Promise<{ readonly content: Buffer; readonly executable: boolean }> {
  const handle = await open(source, "r");
  try {
    return { content: await handle.readFile(), executable: ((await handle.stat()).mode & 0o111) !== 0 };
  } finally {
    await handle.close();
  }
}
