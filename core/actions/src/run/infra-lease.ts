/** The exclusive right to change an infra, among all processes that share a storage. */

import type { InfraName } from "@provisioning/model";
import { infraScope, type Lease, LeaseHeldError, type LeaseStore } from "@provisioning/storage";
import type { InfraTurns } from "./infra-turns.js";

const TTL_MS = 30_000;
const BEAT_MS = 10_000;
const LOOK_AGAIN_MS = 500;

export interface InfraLeaseOptions {
  readonly leases: LeaseStore;
  readonly holder: string;
  /** Of this process, where several change infras: only one asks the storage. */
  readonly turns?: InfraTurns;
  /** Whose turn comes first: the smallest. */
  readonly rank: number;
  /** Aborts the waiting. */
  readonly signal: AbortSignal;
  /** Called once, with who has it; `undefined`: this process. What it gives is called when the waiting is over. */
  readonly onWait: (holder: string | undefined) => () => void;
  /** It could not be kept: somebody else may change the infra now. */
  readonly onLost: (error: unknown) => void;
}

/** Waits until nobody else has it, keeps it while `work` goes on, and gives it back. */
export async function underInfraLease<T>(infra: InfraName, options: InfraLeaseOptions, work: () => Promise<T>): Promise<T> {
  const waiting = onceWaiting(options.onWait);
  try {
    if (options.turns?.isTaken(infra) === true) waiting.begin(undefined);
    const giveTurn = await options.turns?.take(infra, options);
    try {
      const lease = await acquire(infra, options, waiting);
      waiting.end();
      return await whileKept(lease, options, work);
    } finally {
      giveTurn?.();
    }
  } finally {
    waiting.end();
  }
}

interface Waiting {
  begin(holder: string | undefined): void;
  end(): void;
}

function onceWaiting(onWait: InfraLeaseOptions["onWait"]): Waiting {
  let stop: (() => void) | undefined;
  return {
    begin(holder) {
      stop ??= onWait(holder);
    },
    end() {
      stop?.();
      stop = () => {};
    },
  };
}

async function whileKept<T>(held: Lease, { leases, onLost }: InfraLeaseOptions, work: () => Promise<T>): Promise<T> {
  let lease = held;
  const beat = setInterval(() => {
    leases.heartbeat(lease).then((kept) => {
      lease = kept;
    }, onLost);
  }, BEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    await leases.release(lease).catch(() => {});
  }
}

async function acquire(infra: InfraName, { leases, holder, signal }: InfraLeaseOptions, waiting: Waiting): Promise<Lease> {
  const scope = infraScope(infra);
  for (;;) {
    signal.throwIfAborted();
    try {
      return await leases.acquire(scope, holder, TTL_MS);
    } catch (error) {
      if (!(error instanceof LeaseHeldError)) throw error;
    }
    waiting.begin((await leases.current(scope))?.holder ?? "somebody else");
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
