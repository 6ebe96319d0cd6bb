/**
 * What a storage can take over from another one beside what its ports already allow. Only for migration. Taking the same over again changes
 * nothing, so an interrupted migration is simply repeated.
 */

import type { FencingToken } from "@provisioning/model";
import type { Lease, LeaseScope } from "./lease-store.js";
import type { StoredResource } from "./resource-store.js";
import type { Storage } from "./storage.js";

/** A lease with the time it was granted for. */
export interface HeldLease {
  readonly lease: Lease;
  readonly ttlMs: number;
}

export interface StorageTransfer {
  /** All leases that are held now, with the tokens under which their holders go on. */
  heldLeases(): Promise<readonly HeldLease[]>;
  /** The holder goes on here under the same token, for the lease's whole time from now. Durable before it resolves. */
  importLease(held: HeldLease): Promise<void>;
  /** Tokens granted for the scope from now on are greater. Durable before it resolves. */
  raiseToken(scope: LeaseScope, token: FencingToken): Promise<void>;
  /** Records with their versions; each takes the place of what is there. Durable before it resolves. */
  importResources(resources: readonly StoredResource[]): Promise<void>;
}

export interface TransferableStorage extends Storage {
  readonly transfer: StorageTransfer;
}
