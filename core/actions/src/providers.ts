/** The providers of an infra: loaded when first asked for, closed together. */

import type { NetworkNeeds, Provider, ServerPlan } from "@provisioning/extension-sdk";
import type { ProviderName } from "@provisioning/model";

export interface Providers {
  /** @throws ProvisioningError PROVIDER_UNKNOWN */
  get(name: ProviderName): Promise<Provider>;
  plans(names: Iterable<ProviderName>): Promise<ReadonlyMap<ProviderName, Readonly<Record<string, ServerPlan>>>>;
  /** Of those that say how their servers are connected. */
  networks(names: Iterable<ProviderName>): Promise<ReadonlyMap<ProviderName, NetworkNeeds>>;
  close(): Promise<void>;
}

/** `load` is called at most once per name. */
export function createProviders(load: (name: ProviderName) => Promise<Provider>): Providers {
  const loaded = new Map<ProviderName, Promise<Provider>>();
  const get = (name: ProviderName): Promise<Provider> => {
    const existing = loaded.get(name);
    if (existing !== undefined) return existing;
    const loading = load(name);
    loaded.set(name, loading);
    return loading;
  };
  return {
    get,
    async plans(names) {
      const entries = [...new Set(names)].map(async (name) => [name, (await get(name)).capabilities.plans] as const);
      return new Map(await Promise.all(entries));
    },
    async networks(names) {
      const entries = [...new Set(names)].map(async (name) => [name, (await get(name)).capabilities.network] as const);
      return new Map(
        (await Promise.all(entries)).flatMap(([name, needs]) => (needs === undefined ? [] : [[name, needs] as const])),
      );
    },
    async close() {
      await Promise.allSettled([...loaded.values()].map(async (provider) => (await provider).close()));
    },
  };
}
