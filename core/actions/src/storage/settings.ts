/** What a workspace's configuration has to say so that another storage is used. */

import { isAbsolute, relative } from "node:path";
import { type Config, isSecretReference, LAYER_NAMES } from "@provisioning/config";
import { dataDir, storageType } from "./choice.js";
import type { StoragePlace } from "./place.js";
import { placeKeys, type StorageKeyName } from "./side.js";

export interface StorageSettings {
  /** By key, for `config/provisioning.yaml`. */
  readonly values: ReadonlyMap<StorageKeyName, string | number>;
  /** Passwords that are given by hand, which no file may hold. */
  readonly left: readonly StorageKeyName[];
}

/** `target` becomes what is chosen; `now` is what the workspace chooses so far. */
export function settingsFor(target: StoragePlace, now: Config): StorageSettings {
  const values = new Map<StorageKeyName, string | number>();
  const left: StorageKeyName[] = [];
  for (const key of placeKeys(target.config)) {
    const value = key === "storage.type" ? storageType(target.config) : valueOf(key, target);
    if (value === now.get(key)) continue;
    if (mayStandInFile(key, value)) values.set(key, value);
    else left.push(key);
  }
  return { values, left };
}

/** Folders inside the workspace move with it. */
function valueOf(key: StorageKeyName, place: StoragePlace): string | number {
  if (key !== "storage.data_dir") return place.config.get(key);
  const folder = dataDir(place);
  const inside = place.workspace === undefined ? folder : relative(place.workspace.layout.root, folder);
  return inside.startsWith("..") || isAbsolute(inside) ? folder : inside;
}

function mayStandInFile(key: StorageKeyName, value: string | number): boolean {
  if (key.endsWith(".password")) return value === "" || isSecretReference(value);
  if (key.endsWith(".password_file")) return value !== "-";
  return !key.endsWith(".url") || isSecretReference(value) || !/:\/\/[^/@]*:[^/@]*@/.test(String(value));
}

/** Keys of the new choice that an environment, a variable or a flag would go on deciding, whatever the workspace's file says. */
export function overruled(place: StoragePlace, settings: StorageSettings): readonly StorageKeyName[] {
  return [...settings.values.keys()].filter((key) => {
    const { layer } = place.config.provenance(key);
    return LAYER_NAMES.indexOf(layer) > LAYER_NAMES.indexOf("workspace");
  });
}
