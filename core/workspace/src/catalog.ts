/**
 * The extensions that a workspace can use: the platform's and its own. An extension is a folder with a `manifest.toml`;
 * a workspace's taskserv takes the place of the platform's of the same name.
 */

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type HealthCheck, requireTaskservManifest, type TaskservManifest } from "@provisioning/extension-sdk";
import { type Json, ProvisioningError, type TaskservName, taskservName } from "@provisioning/model";

export interface TaskservExtension {
  readonly manifest: TaskservManifest;
  readonly dir: string;
  /** Of its `kcl/dependencies.k`; its definition has others. */
  readonly healthCheck?: HealthCheck;
}

export type TaskservCatalog = ReadonlyMap<TaskservName, TaskservExtension>;

/** `roots` are extension folders, the platform's first. Folders are `taskservs/<category>/<name>`. @throws ProvisioningError MANIFEST_INVALID */
export async function loadTaskservCatalog(roots: readonly string[]): Promise<TaskservCatalog> {
  const catalog = new Map<TaskservName, TaskservExtension>();
  for (const root of roots) {
    const dirs = await taskservDirs(join(root, "taskservs"));
    const loaded = await Promise.all(dirs.map(loadTaskserv));
    for (const extension of loaded) catalog.set(taskservName(extension.manifest.name), extension);
  }
  return catalog;
}

async function taskservDirs(root: string): Promise<string[]> {
  const categories = await subfolders(root);
  return (await Promise.all(categories.map(subfolders))).flat();
}

async function subfolders(dir: string): Promise<string[]> {
  try {
    const entries = await readdir(dir, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(dir, entry.name))
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

async function loadTaskserv(dir: string): Promise<TaskservExtension> {
  const file = join(dir, "manifest.toml");
  return { dir, manifest: requireTaskservManifest(await readToml(file), { file }) };
}

/** @throws ProvisioningError MANIFEST_INVALID */
export async function readToml(file: string): Promise<Json> {
  const { parse } = await import("smol-toml");
  try {
    return parse(await readFile(file, "utf8")) as unknown as Json;
  } catch (cause) {
    throw new ProvisioningError(
      { code: "MANIFEST_INVALID", message: `${file}: ${(cause as Error).message.split("\n")[0]}`, hint: "Correct the manifest." },
      { cause },
    );
  }
}
