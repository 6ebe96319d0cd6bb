/** Takes a run under a lease and keeps the lease alive. */

import type { Clock, Instant } from "@provisioning/model";
import { type Lease, type LeaseStore, StaleTokenError } from "@provisioning/storage";
import type { FaultPoint } from "./fault-point.js";

/** A heartbeat each third of the lease: two may fail before anybody else can take it. */
const HEARTBEATS_PER_LEASE = 3;

/** A lease and when it was asked for, by our own clock: it runs out for us one lease time after that, whatever the store's clock shows. */
export interface HeldLease {
  readonly lease: Lease;
  readonly askedAt: Instant;
}

/** Notes the moment before asking: the answer may come late, and we must not believe longer than the store does. */
export async function askFor<Answer>(clock: Clock, ask: () => Promise<Answer>): Promise<{ answer: Answer; askedAt: Instant }> {
  const askedAt = clock.now();
  return { answer: await ask(), askedAt };
}

export interface Keeping {
  readonly leases: LeaseStore;
  readonly clock: Clock;
  readonly ttlMs: number;
  readonly faultPoint: FaultPoint;
}

/**
 * Sends heartbeats until `signal` aborts, and tells of each that was kept. When the lease is lost, or could not be extended before it ran
 * out, `onLost` is called once. Never rejects.
 */
export async function keepAlive(
  keeping: Keeping,
  held: HeldLease,
  signal: AbortSignal,
  { onKept, onLost }: { readonly onKept: (held: HeldLease) => void; readonly onLost: (cause: unknown) => void },
): Promise<void> {
  const { clock, ttlMs, faultPoint } = keeping;
  let current = held;
  while (!signal.aborted) {
    try {
      await clock.sleep(ttlMs / HEARTBEATS_PER_LEASE, signal);
    } catch {
      return;
    }
    try {
      await faultPoint("heartbeat.before");
      current = await beat(keeping, current, signal);
      await faultPoint("heartbeat.after");
      onKept(current);
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof StaleTokenError || clock.now() >= current.askedAt + ttlMs) {
        onLost(error);
        return;
      }
    }
  }
}

/** One heartbeat, which is waited for until the lease runs out: a store that does not answer must not keep us believing. */
async function beat({ leases, clock, ttlMs }: Keeping, held: HeldLease, signal: AbortSignal): Promise<HeldLease> {
  const leftMs = Math.max(0, held.askedAt + ttlMs - clock.now());
  const answered = new AbortController();
  const silence = clock.sleep(leftMs, AbortSignal.any([signal, answered.signal])).then(() => {
    throw new Error("The store did not answer a heartbeat.");
  });
  try {
    const { answer, askedAt } = await askFor(clock, () => Promise.race([leases.heartbeat(held.lease), silence]));
    return { lease: answer, askedAt };
  } finally {
    answered.abort();
    silence.catch(() => {});
  }
}
