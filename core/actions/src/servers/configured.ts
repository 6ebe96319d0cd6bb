/** What the configuration says about servers and providers, as their parts take it. */

import { type Config, CONFIG_KEY_NAMES } from "@provisioning/config";
import type { Json, JsonObject, ProviderName } from "@provisioning/model";
import type { StorageMode } from "@provisioning/storage";
import type { ServerAccessOptions } from "./server-access.js";

type Limits = Pick<ServerAccessOptions, "connection" | "idleMs" | "lockWaitSeconds" | "scriptRunner">;

/** Whoever only looks does not wait until an installation has finished. */
export function serverAccessLimits(config: Config, mode: StorageMode): Limits {
  return {
    connection: {
      connectTimeoutMs: config.get("ssh.connect_timeout_seconds") * 1000,
      keepaliveMs: config.get("ssh.keepalive_seconds") * 1000,
    },
    idleMs: config.get("ssh.idle_seconds") * 1000,
    scriptRunner: config.get("servers.script_runner"),
    lockWaitSeconds: config.get(mode === "read" ? "ssh.read_wait_seconds" : "ssh.lock_wait_seconds"),
  };
}

/** The names in that section that somebody set, wherever. */
export function configuredSettings(config: Config, provider: ProviderName): ReadonlySet<string> {
  const prefix = `${provider}.`;
  const set = CONFIG_KEY_NAMES.filter((key) => key.startsWith(prefix) && config.provenance(key).layer !== "defaults");
  return new Set(set.map((key) => key.slice(prefix.length)));
}

/** The section that is named after the provider, without that name. */
export function providerSettings(config: Config, provider: ProviderName): JsonObject {
  const prefix = `${provider}.`;
  const own = CONFIG_KEY_NAMES.filter((key) => key.startsWith(prefix));
  return Object.fromEntries(own.map((key) => [key.slice(prefix.length), config.get(key) as Json]));
}
