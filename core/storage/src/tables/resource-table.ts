/** Resource records in memory, by infra and address. */

import { type Address, type InfraName, invariant } from "@provisioning/model";
import { VersionConflictError } from "../errors.js";
import type { ResourceWrite, StoredResource } from "../ports/resource-store.js";

export interface ResourceTable {
  readonly size: number;
  get(infra: InfraName, address: Address): StoredResource | undefined;
  list(infra: InfraName): readonly StoredResource[];
  infras(): readonly InfraName[];
  all(): Iterable<StoredResource>;
  /** @throws VersionConflictError for the first write whose expectation does not hold */
  assertExpected(writes: readonly ResourceWrite[]): void;
  apply(writes: readonly ResourceWrite[]): void;
  restore(resource: StoredResource): void;
}

export function createResourceTable(): ResourceTable {
  const infras = new Map<InfraName, Map<Address, StoredResource>>();
  let size = 0;

  const get = (infra: InfraName, address: Address) => infras.get(infra)?.get(address);
  const set = (resource: StoredResource) => {
    const { infra, address } = resource.record;
    const records = infras.get(infra) ?? new Map<Address, StoredResource>();
    infras.set(infra, records);
    if (!records.has(address)) size += 1;
    records.set(address, resource);
  };
  const remove = (infra: InfraName, address: Address) => {
    const records = infras.get(infra);
    if (records?.delete(address) !== true) return;
    size -= 1;
    if (records.size === 0) infras.delete(infra);
  };
  return {
    get size() {
      return size;
    },
    get,
    list: (infra) => [...(infras.get(infra)?.values() ?? [])].sort((a, b) => (a.record.address < b.record.address ? -1 : 1)),
    infras: () => [...infras.keys()].sort(),
    *all() {
      for (const records of infras.values()) yield* records.values();
    },
    assertExpected(writes) {
      const seen = new Set<string>();
      for (const write of writes) {
        const { infra, address } = write.type === "put" ? write.record : write;
        const actual = get(infra, address)?.version ?? 0;
        if (actual !== write.expected) throw new VersionConflictError(`${address} of ${infra}`, write.expected, actual);
        invariant(!seen.has(`${infra}/${address}`), `${address} is written twice at once`);
        seen.add(`${infra}/${address}`);
      }
    },
    apply(writes) {
      for (const write of writes) {
        if (write.type === "put") set({ record: write.record, version: write.expected + 1 });
        else remove(write.infra, write.address);
      }
    },
    restore: set,
  };
}
