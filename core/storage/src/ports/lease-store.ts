/** Leases: the exclusive right to change something, with an expiry, a heartbeat and a token that grows with every grant. */

import type { FencingToken, InfraName, Instant } from "@provisioning/model";

/** What is held: `infra/shop`, `run/<id>`. */
export type LeaseScope = string & { readonly __leaseScope: true };

export interface Lease {
  readonly scope: LeaseScope;
  /** For people: who, from where. */
  readonly holder: string;
  readonly token: FencingToken;
  readonly since: Instant;
  readonly expiresAt: Instant;
}

export interface LeaseStore {
  /**
   * Grants the lease if nobody holds it or its time is over. The token is greater than every token granted before for this
   * scope, also after the store was closed and opened again; only the grant of a run under which nothing was written may be forgotten in a crash. Of several takers at once exactly one gets it.
   * @throws LeaseHeldError, and RunNotFoundError where the lease of a run is kept with the run and there is no such run
   */
  acquire(scope: LeaseScope, holder: string, ttlMs: number): Promise<Lease>;

  /** Extends by the lease's own time from now. An expired lease that nobody took over meanwhile goes on. @throws StaleTokenError */
  heartbeat(lease: Lease): Promise<Lease>;

  /**
   * Gives it back: free for others when it resolves; after a crash right then it may have to expire first. Releasing what is
   * already released is nothing. @throws StaleTokenError when another holder has it
   */
  release(lease: Lease): Promise<void>;

  /** Nobody outside this process can be granted a lease while the store is open here, so that it does not answer for long is no reason to let go. */
  isExclusive(): boolean;

  /**
   * Forgets the leases of scopes that begin with `prefix` and that nobody holds now: nobody goes on with them, and their tokens may begin
   * anew. For scopes that are used once. Takes time by how many there are.
   */
  forgetFree(prefix: string): Promise<void>;

  /** Who holds it now; absent when nobody does or the time is over. */
  current(scope: LeaseScope): Promise<Lease | undefined>;
}

export function infraScope(infra: InfraName): LeaseScope {
  return `infra/${infra}` as LeaseScope;
}
