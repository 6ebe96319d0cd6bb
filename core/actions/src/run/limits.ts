/** The limits that providers declare, as slots of the operations that call them: calls a second, servers worked on at the same time. */

import type { ProviderLimits } from "@provisioning/extension-sdk";
import { type OperationDefinition, parseAddress, type ProviderName, type SlotNeed } from "@provisioning/model";
import type { InfraSession } from "../session.js";

/** Lanes, places and rates are shared by all runs that one engine carries out. */
export async function withProviderLimits(
  session: InfraSession,
  operations: readonly OperationDefinition[],
): Promise<readonly OperationDefinition[]> {
  const providerOf = providersByAddress(session);
  const names = new Set(operations.flatMap(({ address }) => providerOf.get(address) ?? []));
  const limits = new Map<ProviderName, ProviderLimits>();
  for (const name of names) limits.set(name, (await session.providers.get(name)).capabilities.limits);
  return operations.map((operation) => {
    const name = CALLING.has(operation.action) ? providerOf.get(operation.address) : undefined;
    const limit = name === undefined ? undefined : limits.get(name);
    if (name === undefined || limit === undefined) return operation;
    return { ...operation, slots: [...(operation.slots ?? []), ...slotsOf(name, limit, operation)] };
  });
}

/** Operations that call the provider. */
const CALLING: ReadonlySet<string> = new Set(["network.reconcile", "network.delete", "server.reconcile", "server.delete"]);

function slotsOf(name: ProviderName, { rate, batchSize }: ProviderLimits, { address }: OperationDefinition): SlotNeed[] {
  const calls = { name: `provider/${name}/calls`, perSecond: rate };
  const { kind } = parseAddress(address);
  return kind === "server" ? [calls, { name: `provider/${name}/servers`, capacity: batchSize }] : [calls];
}

/** As desired, or as recorded when it is not wanted any more. */
function providersByAddress(session: InfraSession): ReadonlyMap<string, ProviderName> {
  return new Map([...session.records.list(), ...session.desired.resources].map(({ address, provider }) => [address, provider]));
}
