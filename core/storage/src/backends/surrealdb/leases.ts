/** Leases. That of a run is part of the run's row, so that nothing can be appended under it while it goes to somebody else. */

import { LeaseHeldError, StaleTokenError, StoreReadOnlyError } from "../../errors.js";
import type { Lease, LeaseScope, LeaseStore } from "../../ports/lease-store.js";
import { runOfScope, type Version } from "../../ports/run-store.js";
import type { RunId } from "@provisioning/model";
import type { Database } from "./database.js";
import { NOW } from "./functions.js";
import type { Lane } from "./lane.js";

export interface LeaseRow {
  readonly holder: string;
  readonly token: number;
  readonly since: number;
  readonly expiresAt: number;
}

interface LeaseResult {
  readonly lease?: LeaseRow;
  readonly held?: LeaseRow;
  readonly stale?: number;
  readonly expiresAt?: number;
  readonly version?: Version;
}

export interface LeaseStoreOptions {
  readonly database: Database;
  readonly laneOf: (id: string) => Lane;
  readonly isReadOnly: boolean;
  /** The database is embedded in this process. */
  readonly isExclusive: boolean;
  /** We saw that the run is at this version. */
  readonly onVersion: (runId: RunId, version: Version) => void;
}

const CURRENT = `{
  LET $lease = (SELECT VALUE lease FROM ONLY type::record($table, $id));
  RETURN IF $lease.expiresAt > ${NOW}() { $lease } ELSE { NONE };
}`;

const FORGET_FREE = `
  DELETE lease WHERE string::starts_with(record::id(id), $prefix) AND (lease.expiresAt ?? 0) <= ${NOW}() RETURN NONE`;

export function createLeaseStore({ database, laneOf, isReadOnly, isExclusive, onVersion }: LeaseStoreOptions): LeaseStore {
  const act = async (name: "acquire" | "heartbeat" | "release", scope: LeaseScope, input: object) => {
    if (isReadOnly) throw new StoreReadOnlyError(database.location);
    const place = placeOf(scope);
    return (await laneOf(place.id).do(name, { ...place, ...input })) as LeaseResult;
  };
  const assertCurrent = ({ scope, token }: Lease, { stale }: LeaseResult) => {
    if (stale !== undefined) throw new StaleTokenError(scope, token, stale);
  };
  return {
    isExclusive: () => isExclusive,
    async acquire(scope, holder, ttlMs) {
      const { held, lease } = await act("acquire", scope, { holder, ttlMs });
      if (held !== undefined) throw new LeaseHeldError(leaseOf(scope, held));
      return leaseOf(scope, lease as LeaseRow);
    },
    async heartbeat(lease) {
      const result = await act("heartbeat", lease.scope, { token: lease.token });
      assertCurrent(lease, result);
      const runId = runOfScope(lease.scope);
      if (runId !== undefined && result.version !== undefined) onVersion(runId, result.version);
      return { ...lease, expiresAt: result.expiresAt as number };
    },
    async release(lease) {
      assertCurrent(lease, await act("release", lease.scope, { token: lease.token }));
    },
    async forgetFree(prefix) {
      if (isReadOnly) throw new StoreReadOnlyError(database.location);
      await database.ask(FORGET_FREE, { prefix });
    },
    async current(scope) {
      const [lease] = await database.ask(CURRENT, placeOf(scope));
      return lease === undefined ? undefined : leaseOf(scope, lease as LeaseRow);
    },
  };
}

export function leaseOf(scope: LeaseScope, { holder, token, since, expiresAt }: LeaseRow): Lease {
  return { scope, holder, token, since, expiresAt };
}

/** Where the lease of a scope stands. */
export function placeOf(scope: LeaseScope): { readonly table: "run" | "lease"; readonly id: string } {
  const runId = runOfScope(scope);
  return runId === undefined ? { table: "lease", id: scope } : { table: "run", id: runId };
}
