/** The exclusive right to change an infra, among all processes that share a storage. */

import type { InfraName } from "@provisioning/model";
import { infraScope, type Lease, LeaseHeldError, type LeaseStore } from "@provisioning/storage";

const TTL_MS = 30_000;
const BEAT_MS = 10_000;
const LOOK_AGAIN_MS = 500;

export interface InfraLeaseOptions {
  readonly leases: LeaseStore;
  readonly holder: string;
  /** Aborts the waiting. */
  readonly signal: AbortSignal;
  /** Called once, with who has it. */
  readonly onWait: (holder: string) => void;
  /** It could not be kept: somebody else may change the infra now. */
  readonly onLost: (error: unknown) => void;
}

/** Waits until nobody else has it, keeps it while `work` goes on, and gives it back. */
export async function underInfraLease<T>(infra: InfraName, options: InfraLeaseOptions, work: () => Promise<T>): Promise<T> {
  let lease = await acquire(infra, options);
  const beat = setInterval(() => {
    options.leases.heartbeat(lease).then((kept) => {
      lease = kept;
    }, options.onLost);
  }, BEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    await options.leases.release(lease).catch(() => {});
  }
}

async function acquire(infra: InfraName, { leases, holder, signal, onWait }: InfraLeaseOptions): Promise<Lease> {
  const scope = infraScope(infra);
  for (let isFirst = true; ; isFirst = false) {
    signal.throwIfAborted();
    try {
      return await leases.acquire(scope, holder, TTL_MS);
    } catch (error) {
      if (!(error instanceof LeaseHeldError)) throw error;
    }
    if (isFirst) onWait((await leases.current(scope))?.holder ?? "somebody else");
    await pause(LOOK_AGAIN_MS, signal);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done, { once: true });
  });
}
