/** What a workspace's configuration has to say so that another storage is used, and writing it there. */

import { randomBytes } from "node:crypto";
import { open, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, isAbsolute, join, relative } from "node:path";
import { type Config, type ConfigKeyName, isSecretReference } from "@provisioning/config";
import { ProvisioningError } from "@provisioning/model";
import { dataDir, storageType } from "./choice.js";
import type { StoragePlace } from "./place.js";
import { placeKeys } from "./side.js";

export interface StorageSettings {
  /** By key, for `config/provisioning.yaml`. */
  readonly values: ReadonlyMap<ConfigKeyName, string | number>;
  /** Passwords that are given by hand, which no file may hold. */
  readonly left: readonly ConfigKeyName[];
}

/** `target` becomes what is chosen; `now` is what the workspace chooses so far. */
export function settingsFor(target: StoragePlace, now: Config): StorageSettings {
  const values = new Map<ConfigKeyName, string | number>();
  const left: ConfigKeyName[] = [];
  for (const key of placeKeys(target.config)) {
    const value = key === "storage.type" ? storageType(target.config) : valueOf(key, target);
    if (value === now.get(key)) continue;
    if (mayStandInFile(key, value)) values.set(key, value);
    else left.push(key);
  }
  return { values, left };
}

/** Folders inside the workspace move with it. */
function valueOf(key: ConfigKeyName, place: StoragePlace): string | number {
  if (key !== "storage.data_dir") return place.config.get(key);
  const folder = dataDir(place);
  const inside = place.workspace === undefined ? folder : relative(place.workspace.layout.root, folder);
  return inside.startsWith("..") || isAbsolute(inside) ? folder : inside;
}

function mayStandInFile(key: ConfigKeyName, value: string | number): boolean {
  if (key.endsWith(".password")) return value === "" || isSecretReference(value);
  if (key.endsWith(".password_file")) return value !== "-";
  return !key.endsWith(".url") || isSecretReference(value) || !/:\/\/[^/@]*:[^/@]*@/.test(String(value));
}

/** Keys of the new choice that a variable or a flag would go on deciding, whatever the file says. */
export function overruled(place: StoragePlace, settings: StorageSettings): readonly ConfigKeyName[] {
  return [...settings.values.keys()].filter((key) => {
    const { layer } = place.config.provenance(key);
    return layer === "environment" || layer === "flags";
  });
}

/** Comments and all other keys stay. Durable when it resolves: after a crash the file is the old one or the new one. */
export async function writeSettings(file: string, { values }: StorageSettings): Promise<void> {
  const { parseDocument } = await import("yaml");
  const document = parseDocument(await readFile(file, "utf8"));
  for (const [key, value] of values) {
    try {
      document.setIn(key.split("."), value);
    } catch (cause) {
      throw new ProvisioningError({ code: "CONFIG_SYNTAX", message: `${file}: ${key} cannot be set there.` }, { cause });
    }
  }
  const draft = `${file}.${process.pid}.${randomBytes(4).toString("hex")}`;
  try {
    await writeFile(draft, document.toString(), { flush: true });
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  const folder = await open(dirname(join(file)), "r");
  await folder.sync().finally(() => folder.close());
}
