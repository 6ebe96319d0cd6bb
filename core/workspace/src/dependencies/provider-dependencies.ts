/** What a provider declares in `kcl/dependencies.k`, as what it says it can: limits, and how its servers need networks. */

import type { NetworkNeeds, Provider, ProviderLimits } from "@provisioning/extension-sdk";
import { type Diagnostic, DiagnosticsError, nearest } from "@provisioning/model";
import { type Declared, readDeclared } from "./declared.js";

/** What servers may have in common. */
const SHARED = ["private_network", "security_group"] as const;

export interface DeclaredProvider {
  readonly limits: ProviderLimits;
  readonly network: NetworkNeeds;
}

/** @throws DiagnosticsError DEPENDENCIES_INVALID, KCL_… */
export async function readProviderDependencies(kclDir: string, dir: string): Promise<DeclaredProvider | undefined> {
  const declared = await readDeclared(kclDir, dir, "ProviderDependencies");
  if (declared === undefined) return undefined;
  const { value } = declared;
  const shared = checkShared(declared);
  return {
    limits: { rate: Number(value.api_rate_limit), batchSize: Number(value.batch_size) },
    network: {
      isRequired: value.requires_network === true,
      isBeforeServers: value.network_before_servers === true,
      isShared: shared.includes("private_network"),
      isOpen: shared.includes("security_group"),
    },
  };
}

function checkShared({ value, problem }: Declared): readonly string[] {
  const shared = value.shared_resources as readonly string[];
  const diagnostics = shared.flatMap((name, index): Diagnostic[] => {
    if (SHARED.some((known) => known === name)) return [];
    const guess = nearest(name, SHARED);
    const hint = guess === undefined ? `Known are ${SHARED.join(" and ")}.` : `Did you mean ${guess}?`;
    return [problem(["shared_resources", index], `There is no shared resource ${JSON.stringify(name)}.`, hint)];
  });
  if (diagnostics.length > 0) throw new DiagnosticsError(diagnostics);
  return shared;
}

/** The provider with what it declares in the place of what its code says. A limit that somebody `configured` stays. */
export function withDeclared(
  provider: Provider,
  { limits, network }: DeclaredProvider,
  configured: ReadonlySet<string>,
): Provider {
  const { capabilities } = provider;
  return {
    name: provider.name,
    capabilities: {
      ...capabilities,
      limits: {
        rate: configured.has("rate") ? capabilities.limits.rate : limits.rate,
        batchSize: configured.has("batch_size") ? capabilities.limits.batchSize : limits.batchSize,
      },
      network,
    },
    network: provider.network,
    server: provider.server,
    close: () => provider.close(),
  };
}
