/** Recorded state of one infra, read once and written through: every write names the version it replaces. */

import {
  type Address,
  canonicalJson,
  type Clock,
  type InfraName,
  type JsonObject,
  type ProviderName,
  type ResourceKind,
  type ResourceRecord,
  type RunId,
} from "@provisioning/model";
import type { ResourceStore, StoredResource } from "@provisioning/storage";

export interface RecordDraft {
  readonly address: Address;
  readonly kind: ResourceKind;
  readonly provider: ProviderName;
  readonly spec: JsonObject;
  readonly dependsOn: readonly Address[];
}

export interface Records {
  get(address: Address): ResourceRecord | undefined;
  list(): readonly ResourceRecord[];
  /** Writes down that a change begins. Attributes stay as they were. */
  markChanging(draft: RecordDraft, runId: RunId): Promise<void>;
  markReady(draft: RecordDraft, attributes: JsonObject, runId: RunId): Promise<void>;
  /** Keeps the attributes, or replaces them by what is known now. */
  markFailed(draft: RecordDraft, runId: RunId, attributes?: JsonObject): Promise<void>;
  /**
   * Takes over what was observed of things that are recorded as there: after a restart a server may have another port, or a new host
   * key that its provider vouches for.
   */
  refresh(observed: ReadonlyMap<Address, JsonObject>): Promise<void>;
  remove(addresses: readonly Address[]): Promise<void>;
}

export async function loadRecords(store: ResourceStore, infra: InfraName, clock: Clock): Promise<Records> {
  const stored = new Map<Address, StoredResource>((await store.list(infra)).map((item) => [item.record.address, item]));

  const put = async (
    draft: RecordDraft,
    status: ResourceRecord["status"],
    attributes: JsonObject,
    runId: RunId,
  ): Promise<void> => {
    const { address, kind, provider, spec, dependsOn } = draft;
    const record = { address, kind, provider, spec, dependsOn, infra, status, attributes, runId, updatedAt: clock.now() };
    const version = await store.put(record, stored.get(draft.address)?.version ?? 0);
    stored.set(draft.address, { record, version });
  };
  const attributesOf = (address: Address): JsonObject => stored.get(address)?.record.attributes ?? {};
  return {
    get: (address) => stored.get(address)?.record,
    list: () => [...stored.values()].map((item) => item.record),
    markChanging: (draft, runId) => put(draft, "changing", attributesOf(draft.address), runId),
    markReady: (draft, attributes, runId) => put(draft, "ready", attributes, runId),
    markFailed: (draft, runId, attributes) => put(draft, "failed", attributes ?? attributesOf(draft.address), runId),
    async refresh(observed) {
      for (const [address, attributes] of observed) {
        const record = stored.get(address)?.record;
        if (record === undefined || record.kind !== "server" || !("addresses" in record.attributes)) continue;
        const fresh = { ...record.attributes, ...attributes };
        if (canonicalJson(fresh) !== canonicalJson(record.attributes)) await put(record, record.status, fresh, record.runId);
      }
    },
    async remove(addresses) {
      const known = addresses.filter((address) => stored.has(address));
      await store.write(
        known.map((address) => ({ type: "remove", infra, address, expected: (stored.get(address) as StoredResource).version })),
      );
      for (const address of known) stored.delete(address);
    },
  };
}
