/** What the configuration says about this provider (`local.…`), with its own defaults where nobody says anything. */

import { type JsonObject, ProvisioningError } from "@provisioning/model";
import type { AptSources } from "./image/apt-sources.js";
import { type AddressPool, requireRange } from "./network/ipv4.js";

export interface LocalSettings {
  readonly bootTimeoutMs: number;
  readonly removalTimeoutMs: number;
  readonly addressPool: AddressPool;
  readonly image: ImageSettings;
  readonly limits: { readonly rate: number; readonly batchSize: number };
}

export interface ImageSettings {
  /** Absent: those of this machine. */
  readonly aptSources?: AptSources;
  readonly registrySilenceMs: number;
  readonly buildTimeoutMs: number;
}

/** @throws ProvisioningError NETWORK_RANGE_INVALID */
export function localSettings(given: JsonObject): LocalSettings {
  const number = (name: string, fallback: number) => (typeof given[name] === "number" ? given[name] : fallback);
  const pool = typeof given.network_pool === "string" ? given.network_pool : "10.213.0.0/16";
  const lines = Array.isArray(given.apt_sources) ? given.apt_sources.filter((line) => typeof line === "string") : [];
  return {
    bootTimeoutMs: number("boot_timeout_seconds", 120) * 1000,
    removalTimeoutMs: number("removal_timeout_seconds", 30) * 1000,
    addressPool: poolOf(pool, number("network_prefix", 24)),
    image: {
      ...(lines.length === 0 ? {} : { aptSources: { lines } }),
      registrySilenceMs: number("registry_timeout_seconds", 15) * 1000,
      buildTimeoutMs: number("image_build_minutes", 15) * 60_000,
    },
    // Calls a second are not limited by the engine; this keeps a small machine responsive. Eight servers at once boot in 2 to 4 s.
    limits: { rate: number("rate", 50), batchSize: number("batch_size", 8) },
  };
}

function poolOf(text: string, networkPrefix: number): AddressPool {
  const range = requireRange(text);
  if (range.prefix <= networkPrefix) return { range, networkPrefix };
  throw new ProvisioningError({
    code: "NETWORK_RANGE_INVALID",
    message: `A network of /${networkPrefix} does not fit into ${text}.`,
    hint: "Correct local.network_pool or local.network_prefix.",
  });
}
