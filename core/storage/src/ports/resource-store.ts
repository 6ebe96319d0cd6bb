/** What we wrote down about resources after the last change: the recorded state. */

import type { Address, InfraName, ResourceRecord } from "@provisioning/model";
import type { Version } from "./run-store.js";

export interface StoredResource {
  readonly record: ResourceRecord;
  /** 1 for a new record; grows by one with each write of it. Starts again at 1 after it was removed. */
  readonly version: Version;
}

/** `expected` is the version the writer has seen; 0 means that there must be none. */
export type ResourceWrite =
  | { readonly type: "put"; readonly record: ResourceRecord; readonly expected: Version }
  | { readonly type: "remove"; readonly infra: InfraName; readonly address: Address; readonly expected: Version };

export interface ResourceStore {
  get(infra: InfraName, address: Address): Promise<StoredResource | undefined>;
  /** Sorted by address. */
  list(infra: InfraName): Promise<readonly StoredResource[]>;
  /** Infras that have records, sorted. */
  listInfras(): Promise<readonly InfraName[]>;
  /** Durable before it resolves; the new version. @throws VersionConflictError, nothing is written then */
  put(record: ResourceRecord, expected: Version): Promise<Version>;
  /** Durable before it resolves. @throws VersionConflictError, nothing is written then */
  remove(infra: InfraName, address: Address, expected: Version): Promise<void>;
  /** All writes or none, durable together; no address twice. @throws VersionConflictError for the first that does not fit */
  write(writes: readonly ResourceWrite[]): Promise<void>;
}
