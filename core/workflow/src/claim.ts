/** Takes a run under a lease and keeps the lease alive. */

import type { Clock, Instant } from "@provisioning/model";
import { type Lease, type LeaseStore, StaleTokenError } from "@provisioning/storage";
import type { FaultPoint } from "./fault-point.js";

/** A heartbeat each third of the lease: two may fail before anybody else can take it. */
const HEARTBEATS_PER_LEASE = 3;

class SilenceError extends Error {
  constructor() {
    super("The store did not answer a heartbeat.");
  }
}

/**
 * A lease and when it was asked for, by our own clock: it runs out for us one lease time after that, whatever the store's clock shows. The moment before
 * asking counts, since the answer may come late.
 */
export interface HeldLease {
  readonly lease: Lease;
  readonly askedAt: Instant;
}

export interface Keeping {
  readonly leases: LeaseStore;
  readonly clock: Clock;
  readonly ttlMs: number;
  readonly faultPoint: FaultPoint | undefined;
}

export interface KeptAlive {
  /** No more heartbeats; resolves when the last one is over. */
  stop(): Promise<void>;
}

/**
 * Sends heartbeats until it is stopped, and tells of each that was kept. When somebody else has the lease, or it could not be extended before it
 * ran out, `onLost` is called once. A store that nobody else can have taken it from may be silent for as long as it likes.
 */
export function keepAlive(
  keeping: Keeping,
  held: HeldLease,
  { onKept, onLost }: { readonly onKept: (held: HeldLease) => void; readonly onLost: (cause: unknown) => void },
): KeptAlive {
  const { leases, clock, ttlMs, faultPoint } = keeping;
  let current = held;
  let isStopped = false;
  let giveUp = () => {};
  let beating = Promise.resolve();

  const beat = async () => {
    try {
      if (faultPoint !== undefined) await faultPoint("heartbeat.before");
      if (isStopped) return;
      current = await answered(keeping, current, (stop) => {
        giveUp = stop;
      });
      if (faultPoint !== undefined) await faultPoint("heartbeat.after");
      onKept(current);
    } catch (error) {
      if (isStopped) return;
      const isOver = clock.now() >= current.askedAt + ttlMs && !(error instanceof SilenceError && leases.isExclusive());
      if (error instanceof StaleTokenError || isOver) {
        onLost(error);
        return;
      }
    }
    arm();
  };
  const arm = () => {
    if (!isStopped) {
      giveUp = clock.after(ttlMs / HEARTBEATS_PER_LEASE, () => {
        beating = beat();
      });
    }
  };
  arm();
  return {
    stop() {
      isStopped = true;
      giveUp();
      return beating;
    },
  };
}

/**
 * One heartbeat, which is waited for until the lease runs out: a store that does not answer must not keep us believing. Who stood still for
 * longer than that waits all the same: a lease that nobody took meanwhile goes on.
 */
async function answered(
  { leases, clock, ttlMs }: Keeping,
  held: HeldLease,
  onGiveUp: (giveUp: () => void) => void,
): Promise<HeldLease> {
  const leftMs = Math.max(ttlMs / HEARTBEATS_PER_LEASE, held.askedAt + ttlMs - clock.now());
  let callOff = () => {};
  const silence = new Promise<never>((_, reject) => {
    const giveUp = () => reject(new SilenceError());
    callOff = clock.after(leftMs, giveUp);
    onGiveUp(giveUp);
  });
  try {
    const askedAt = clock.now();
    return { lease: await Promise.race([leases.heartbeat(held.lease), silence]), askedAt };
  } finally {
    callOff();
  }
}
