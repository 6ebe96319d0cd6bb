/** Everything the platform stores, as one thing that is opened and closed. */

import type { LeaseStore } from "./lease-store.js";
import type { ResourceStore } from "./resource-store.js";
import type { RunQueue } from "./run-queue.js";
import type { RunStore } from "./run-store.js";

export type StorageMode = "write" | "read";

export interface StorageInfo {
  readonly type: "memory" | "filesystem" | "postgres" | "surrealdb-embedded" | "surrealdb-server";
  readonly mode: StorageMode;
  /** Where it is, for people. */
  readonly location: string;
  readonly runs: number;
  readonly resources: number;
}

export interface Storage {
  readonly runs: RunStore;
  readonly queue: RunQueue;
  readonly leases: LeaseStore;
  readonly resources: ResourceStore;
  info(): Promise<StorageInfo>;
  /** Finishes what was begun and lets go of files and locks. Closing twice is fine. Everything else is refused afterwards. */
  close(): Promise<void>;
}
