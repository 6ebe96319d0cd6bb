/**
 * The platform's files (`kcl/`, `extensions/`, …) in the one-file build: packed into the program, unpacked into the user's cache by the first
 * command that needs them. A folder is there whole or not at all, and its name says what is in it, so that versions stand side by side.
 */

import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { ProvisioningError } from "@provisioning/model";

export interface PackedFiles {
  /** Path of the archive: JSON of `PackedFile[]`, compressed with gzip. */
  readonly archive: string;
  /** Of the archive; part of the name of the folder. */
  readonly digest: string;
}

/** Path from the platform's root, text, whether it can be executed. */
export type PackedFile = readonly [path: string, text: string, isExecutable: boolean];

type Environment = Readonly<Record<string, string | undefined>>;

/** The platform's root, unpacked when it is not there yet. Several may do that at once. @throws ProvisioningError PLATFORM_FILES */
export function unpackedRoot(files: PackedFiles, version: string, environment: Environment): string {
  const root = join(cacheFolder(environment), "provisioning", `${version}-${files.digest}`);
  if (existsSync(root)) return root;
  try {
    unpackTo(root, JSON.parse(gunzipSync(readFileSync(files.archive)).toString("utf8")) as readonly PackedFile[]);
  } catch (cause) {
    throw new ProvisioningError(
      {
        code: "PLATFORM_FILES",
        message: `The files of the platform cannot be unpacked into ${root}: ${(cause as Error).message}`,
        hint: "Set XDG_CACHE_HOME to a folder that can be written, and see that its disk is not full.",
      },
      { cause },
    );
  }
  return root;
}

/** Without a home it is a folder for this user alone among the temporary ones. */
function cacheFolder({ XDG_CACHE_HOME: cache, HOME: home }: Environment): string {
  if (cache?.startsWith("/") === true) return cache;
  return home === undefined || home === ""
    ? join(tmpdir(), `provisioning-${process.getuid?.() ?? "files"}`)
    : join(home, ".cache");
}

/** Beside it first: who finds the folder finds all of it. Of several the first one wins, and all have made the same. */
function unpackTo(root: string, files: readonly PackedFile[]): void {
  mkdirSync(dirname(root), { recursive: true, mode: 0o700 });
  const draft = mkdtempSync(`${root}.`);
  try {
    chmodSync(draft, 0o700);
    for (const folder of new Set(files.map(([path]) => dirname(join(draft, path))))) mkdirSync(folder, { recursive: true });
    for (const [path, text, isExecutable] of files)
      writeFileSync(join(draft, path), text, { mode: isExecutable ? 0o755 : 0o644 });
    renameSync(draft, root);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(root)) throw error;
  }
}
