/** Who holds what. One counter gives the tokens of all scopes, so a scope that nobody holds needs no memory. */

import type { FencingToken, Instant } from "@provisioning/model";
import { LeaseHeldError, StaleTokenError } from "../errors.js";
import type { Lease, LeaseScope } from "../ports/lease-store.js";

interface Grant {
  readonly lease: Lease;
  readonly ttlMs: number;
}

export interface LeaseTable {
  /** The newest token ever granted; settable to restore it. */
  newestToken: FencingToken;
  readonly held: ReadonlyMap<LeaseScope, Grant>;
  /** @throws LeaseHeldError */
  assertFree(scope: LeaseScope, now: Instant): void;
  /** @throws StaleTokenError unless it is the token of the last grant and that was not given back */
  assertCurrent(scope: LeaseScope, token: FencingToken): void;
  grant(lease: Lease, ttlMs: number): void;
  extend(scope: LeaseScope, token: FencingToken, expiresAt: Instant): void;
  release(scope: LeaseScope, token: FencingToken): void;
  /** Whoever held something is gone. */
  releaseAll(): void;
}

export function createLeaseTable(): LeaseTable {
  const held = new Map<LeaseScope, Grant>();
  return {
    newestToken: 0,
    held,
    assertFree(scope, now) {
      const grant = held.get(scope);
      if (grant !== undefined && grant.lease.expiresAt > now) throw new LeaseHeldError(grant.lease);
    },
    assertCurrent(scope, token) {
      if (held.get(scope)?.lease.token !== token) throw new StaleTokenError(scope, token, this.newestToken);
    },
    grant(lease, ttlMs) {
      held.set(lease.scope, { lease, ttlMs });
      this.newestToken = Math.max(this.newestToken, lease.token);
    },
    extend(scope, token, expiresAt) {
      const grant = held.get(scope);
      if (grant?.lease.token === token) held.set(scope, { ...grant, lease: { ...grant.lease, expiresAt } });
    },
    release(scope, token) {
      if (held.get(scope)?.lease.token === token) held.delete(scope);
    },
    releaseAll: () => held.clear(),
  };
}
