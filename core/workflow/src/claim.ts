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
      current = await beat(leases, current, clock, signal);
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof StaleTokenError || clock.now() >= current.expiresAt) {
        onLost(error);
        return;
      }
    }
  }
}

/** One heartbeat, which is waited for until the lease runs out: a store that does not answer must not keep us believing. */
async function beat(leases: LeaseStore, lease: Lease, clock: Clock, signal: AbortSignal): Promise<Lease> {
  const answered = new AbortController();
  const silence = clock.sleep(Math.max(0, lease.expiresAt - clock.now()), AbortSignal.any([signal, answered.signal])).then(() => {
    throw new Error("The store did not answer a heartbeat.");
  });
  try {
    return await Promise.race([leases.heartbeat(lease), silence]);
  } finally {
    answered.abort();
    silence.catch(() => {});
  }
}
