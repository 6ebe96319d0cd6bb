/**
 * `provisioning.lock` in a workspace: with which extensions it was made, by version and content, and with which software. It belongs into version
 * control: whoever has other extensions is told so before anything changes.
 */

import { createHash, randomBytes } from "node:crypto";
import { readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { readIfThere } from "@provisioning/config";
import { isJsonObject, ProvisioningError } from "@provisioning/model";
import type { TaskservCatalog, TaskservExtension } from "../catalog.js";

export interface LockedTaskserv {
  /** Of the extension. */
  readonly version: string;
  /** Of its files: `sha256:…`. */
  readonly digest: string;
  /** Of the software that it installs, as its source writes it. Absent: not known when it was locked. */
  readonly software?: string;
}

export interface VersionLock {
  readonly platform: string;
  /** By name. */
  readonly taskservs: ReadonlyMap<string, LockedTaskserv>;
}

export const LOCK_FILE = "provisioning.lock";
const FORMAT = 1;

/** Absent: there is none. @throws ProvisioningError LOCK_INVALID */
export async function readLock(root: string): Promise<VersionLock | undefined> {
  const file = join(root, LOCK_FILE);
  const text = await readIfThere(file);
  if (text === undefined) return undefined;
  const invalid = (reason: string, options?: ErrorOptions): ProvisioningError =>
    new ProvisioningError(
      {
        code: "LOCK_INVALID",
        message: `${file} cannot be read: ${reason}.`,
        hint: "Write it anew with: provisioning version lock",
      },
      options,
    );
  const { parse } = await import("smol-toml");
  let value: Record<string, unknown>;
  try {
    value = parse(text);
  } catch (cause) {
    throw invalid((cause as Error).message.split("\n")[0] as string, { cause });
  }
  const { format, platform, taskservs = {} } = value;
  if (typeof format !== "number" || format > FORMAT) throw invalid("its format is newer than this program, or missing");
  if (typeof platform !== "string" || !isJsonObject(taskservs as never)) throw invalid("platform or taskservs are missing");
  const entries = Object.entries(taskservs as Record<string, Partial<LockedTaskserv>>);
  for (const [name, { version, digest }] of entries)
    if (typeof version !== "string" || typeof digest !== "string") throw invalid(`the entry ${name} is not complete`);
  return { platform, taskservs: new Map(entries as [string, LockedTaskserv][]) };
}

/** The same lock gives the same text. */
export async function writeLock(root: string, { platform, taskservs }: VersionLock): Promise<void> {
  const entries = [...taskservs].sort(([left], [right]) => (left < right ? -1 : 1));
  const lines = [
    "# Written by: provisioning version lock. Keep it under version control.",
    `format = ${FORMAT}`,
    `platform = ${JSON.stringify(platform)}`,
    ...entries.flatMap(([name, { version, digest, software }]) => [
      "",
      `[taskservs.${name}]`,
      `version = ${JSON.stringify(version)}`,
      `digest = ${JSON.stringify(digest)}`,
      ...(software === undefined ? [] : [`software = ${JSON.stringify(software)}`]),
    ]),
  ];
  const file = join(root, LOCK_FILE);
  const draft = `${file}.${process.pid}.${randomBytes(4).toString("hex")}`;
  await writeFile(draft, `${lines.join("\n")}\n`, { flush: true });
  await rename(draft, file);
}

/** Of everything that decides what a taskserv does: its files but for tests and pages for people. */
export async function digestOfTaskserv({ dir }: TaskservExtension): Promise<string> {
  const entries = await readdir(dir, { withFileTypes: true, recursive: true });
  const files = entries
    .filter((entry) => entry.isFile() && !/\.(?:md|ts|js)$|_test\.k$/.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
  const hash = createHash("sha256");
  for (const file of files) {
    const content = await readFile(file);
    hash.update(`${relative(dir, file)}\n${content.length}\n`).update(content);
  }
  return `sha256:${hash.digest("hex")}`;
}

export interface LockDifference {
  readonly taskserv: string;
  readonly locked: LockedTaskserv;
  /** Absent: the taskserv is gone. */
  readonly present?: { readonly version: string; readonly digest: string };
}

/** Of the given taskservs, or of all that are locked. */
export async function lockDifferences(
  { taskservs }: VersionLock,
  catalog: TaskservCatalog,
  names: Iterable<string> = taskservs.keys(),
): Promise<readonly LockDifference[]> {
  const byName = new Map<string, TaskservExtension>(catalog);
  const found = await Promise.all(
    [...new Set(names)].map(async (taskserv): Promise<readonly LockDifference[]> => {
      const locked = taskservs.get(taskserv);
      if (locked === undefined) return [];
      const extension = byName.get(taskserv);
      if (extension === undefined) return [{ taskserv, locked }];
      const present = { version: extension.manifest.version, digest: await digestOfTaskserv(extension) };
      return present.version === locked.version && present.digest === locked.digest ? [] : [{ taskserv, locked, present }];
    }),
  );
  return found.flat();
}
