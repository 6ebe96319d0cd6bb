/** Takes a run under a lease and keeps the lease alive. */

import type { Clock } from "@provisioning/model";
import { type Lease, type LeaseStore, StaleTokenError } from "@provisioning/storage";

/** A heartbeat each third of the lease: two may fail before anybody else can take it. */
const HEARTBEATS_PER_LEASE = 3;

/**
 * Sends heartbeats until `signal` aborts. When the lease is lost, or could not be extended before it ran out, `onLost` is called once.
 * Never rejects.
 */
export async function keepAlive(
  leases: LeaseStore,
  lease: Lease,
  ttlMs: number,
  clock: Clock,
  signal: AbortSignal,
  onLost: (cause: unknown) => void,
): Promise<void> {
  let current = lease;
  while (!signal.aborted) {
    try {
      await clock.sleep(ttlMs / HEARTBEATS_PER_LEASE, signal);
    } catch {
      return;
    }
    try {
      current = await leases.heartbeat(current);
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof StaleTokenError || clock.now() >= current.expiresAt) {
        onLost(error);
        return;
      }
    }
  }
}
