/**
 * How a provider is loaded: its folder holds `manifest.toml` and an ES module that exports `createProvider`.
 * First-party providers are loaded in the same way.
 */

import { ProvisioningError } from "@provisioning/model";
import type { JsonObject } from "@provisioning/model";
import type { Preflight } from "./preflight.js";
import type { Provider } from "./provider.js";

export interface ProviderOptions {
  /** The `provider` settings of the infra, defaults filled in, secret references resolved. */
  readonly settings: JsonObject;
  /** A folder for the provider's own files (SSH keys, caches). Exists, mode 0700, kept between runs. */
  readonly dataDir: string;
  /** Environment of the process, for providers that take credentials from it. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

export type CreateProvider = (options: ProviderOptions) => Promise<Provider>;

export interface ProviderModule {
  readonly createProvider: CreateProvider;
  /** For `provisioning doctor`. */
  readonly preflight?: Preflight;
}

/** Tells whether a loaded ES module is a provider. @throws ProvisioningError `PROVIDER_INVALID` */
export function assertProviderModule(module: unknown, path: string): asserts module is ProviderModule {
  const create = (module as Partial<ProviderModule> | null)?.createProvider;
  if (typeof create === "function") return;
  throw new ProvisioningError({
    code: "PROVIDER_INVALID",
    message: `${path} does not export a function createProvider.`,
    hint: "Export `createProvider(options)` that returns a Provider; see the README of @provisioning/extension-sdk.",
    details: { path },
  });
}
