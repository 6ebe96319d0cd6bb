/** Every key the platform reads, by its dotted path. */

import { type ConfigKey, type ValueOf } from "./key-type.js";
import { localKeys } from "./keys/local.js";
import { notificationKeys } from "./keys/notifications.js";
import { outputKeys } from "./keys/output.js";
import { runKeys } from "./keys/run.js";
import { serverKeys } from "./keys/servers.js";
import { serviceKeys } from "./keys/service.js";
import { sshKeys } from "./keys/ssh.js";
import { storageKeys } from "./keys/storage.js";
import { versionKeys } from "./keys/versions.js";

export const CONFIG_KEYS = {
  ...serverKeys,
  ...sshKeys,
  ...runKeys,
  ...notificationKeys,
  ...serviceKeys,
  ...storageKeys,
  ...localKeys,
  ...versionKeys,
  ...outputKeys,
};

export { STORAGE_TYPES } from "./keys/storage.js";

export type ConfigKeyName = keyof typeof CONFIG_KEYS;
export type ConfigValues = { readonly [K in ConfigKeyName]: ValueOf<(typeof CONFIG_KEYS)[K]["type"]> };

export const CONFIG_KEY_NAMES = Object.keys(CONFIG_KEYS) as readonly ConfigKeyName[];

export function configKey(name: ConfigKeyName): ConfigKey {
  return CONFIG_KEYS[name] as ConfigKey;
}

/** The variable of the environment that sets a key: named after its flag, else after its path. */
export function variableOf(name: ConfigKeyName): string {
  const word = configKey(name).flag ?? name;
  return `PROVISIONING_${word.replaceAll(/[-.]/g, "_").toUpperCase()}`;
}

export function isConfigKey(path: string): path is ConfigKeyName {
  return Object.hasOwn(CONFIG_KEYS, path);
}

/** The key of type `map` that holds what stands at `path`: `servers.labels` for `servers.labels.team`. */
export function mapAround(path: string): ConfigKeyName | undefined {
  const dot = path.lastIndexOf(".");
  if (dot === -1) return undefined;
  const parent = path.slice(0, dot);
  return isConfigKey(parent) && configKey(parent).type.kind === "map" ? parent : mapAround(parent);
}

/** `storage.postgres` is a section: keys lie below it. */
export function isSection(path: string): boolean {
  return CONFIG_KEY_NAMES.some((name) => name.startsWith(`${path}.`));
}
