/** Leases in the database: of a run in its own row, of everything else in the table `leases`. Time is the database's alone. */

import { randomUUID } from "node:crypto";
import type { FencingToken, Instant, RunId } from "@provisioning/model";
import { LeaseHeldError, RunNotFoundError, StaleTokenError, StoreReadOnlyError } from "../../errors.js";
import type { Lease, LeaseScope, LeaseStore } from "../../ports/lease-store.js";
import { runOfScope, type Version } from "../../ports/run-store.js";
import type { Database } from "./database.js";
import { Gather, lines } from "./gather.js";

/** Known to who asks alone: who asks again because an answer was lost gets what he got. */
export function newRequest(): string {
  return randomUUID();
}

interface LeaseRow {
  readonly [column: string]: unknown;
  readonly lease_holder: string | null;
  readonly lease_token: FencingToken;
  readonly lease_since: Instant;
  readonly lease_until: Instant;
  readonly is_over: boolean;
  /** Of the run. */
  readonly version?: Version;
}

const COLUMNS = "lease_holder, lease_token, lease_since, lease_until, lease_until <= now_ms() as is_over";

/** One statement for each of the two tables. */
interface Statements {
  readonly acquire: string;
  readonly extend: string;
  readonly find: string;
  readonly release: string;
}

function statements(table: "runs" | "leases", key: string, acquire: string): Statements {
  return {
    acquire,
    extend: `
      update ${table} set lease_until = now_ms() + lease_ttl
      where ${key} = $1 and lease_token = $2 and lease_holder is not null
      returning ${COLUMNS}${table === "runs" ? ", version" : ""}`,
    find: `select ${COLUMNS} from ${table} where ${key} = $1`,
    release: `
      with asked as materialized (
        select * from unnest(string_to_array($1, chr(10)), string_to_array($2, chr(10))::bigint[]) as asked (key, token)
      ),
      locked as materialized (
        select ${key} as key, lease_holder, lease_token from ${table}
        where ${key} in (select key from asked) order by ${key} for update
      ),
      freed as (
        update ${table} set lease_holder = null, lease_until = 0, lease_request = null
        from asked join locked using (key)
        where ${table}.${key} = asked.key and locked.lease_token = asked.token and locked.lease_holder is not null
      )
      select asked.key, asked.token, locked.lease_holder is not null and locked.lease_token <> asked.token as is_stale,
        locked.lease_token as newest
      from asked left join locked using (key)`,
  };
}

const OF_RUNS = statements(
  "runs",
  "id",
  `
  with moment as materialized (select now_ms() as at)
  update runs set lease_holder = $2, lease_token = lease_token + 1, lease_since = moment.at, lease_ttl = $3,
    lease_until = moment.at + $3, lease_request = $4
  from moment where id = $1 and (lease_until <= moment.at or lease_request = $4)
  returning ${COLUMNS}`,
);

const OF_OTHERS = statements(
  "leases",
  "scope",
  `
  insert into leases as held (scope, lease_holder, lease_token, lease_since, lease_ttl, lease_until, lease_request)
  select $1::text, $2::text, 1, moment.at, $3::bigint, moment.at + $3, $4::text from (select now_ms() as at) as moment
  on conflict (scope) do update set lease_holder = excluded.lease_holder, lease_token = held.lease_token + 1,
    lease_since = excluded.lease_since, lease_ttl = excluded.lease_ttl, lease_until = excluded.lease_until,
    lease_request = excluded.lease_request
  where held.lease_until <= excluded.lease_since or held.lease_request = excluded.lease_request
  returning ${COLUMNS}`,
);

interface Place extends Statements {
  readonly key: string;
}

function placeOf(scope: LeaseScope): Place {
  const run = runOfScope(scope);
  return run === undefined ? { ...OF_OTHERS, key: scope } : { ...OF_RUNS, key: run };
}

interface Released {
  readonly [column: string]: unknown;
  readonly key: string;
  readonly token: FencingToken;
  readonly is_stale: boolean | null;
  readonly newest: FencingToken | null;
}

export interface LeaseStoreOptions {
  readonly database: Database;
  /** The same database, answering before a write is safe from a crash of the server. Giving back may be lost that way. */
  readonly quick: Database;
  readonly isReadOnly: boolean;
  /** A heartbeat has seen which version its run is at. */
  readonly onVersion: (runId: RunId, version: Version) => void;
}

export function createLeaseStore({ database, quick, isReadOnly, onVersion }: LeaseStoreOptions): LeaseStore {
  const releases = new Map([OF_RUNS, OF_OTHERS].map(({ release }) => [release, gatherReleases(quick, release)] as const));
  const assertWritable = () => {
    if (isReadOnly) throw new StoreReadOnlyError(database.location);
  };
  const find = async (scope: LeaseScope) => {
    const place = placeOf(scope);
    const [row] = await database.ask<LeaseRow>(place.find, [place.key]);
    return row;
  };
  return {
    async acquire(scope, holder, ttlMs) {
      assertWritable();
      const place = placeOf(scope);
      const request = newRequest();
      for (;;) {
        const [granted] = await database.ask<LeaseRow>(place.acquire, [place.key, holder, ttlMs, request]);
        if (granted !== undefined) return leaseOf(scope, granted);
        const row = await find(scope);
        const run = runOfScope(scope);
        if (row === undefined && run !== undefined) throw new RunNotFoundError(run);
        // Between the two questions it may have become free.
        if (row !== undefined && isHeld(row)) throw new LeaseHeldError(leaseOf(scope, row));
      }
    },
    async heartbeat(lease) {
      assertWritable();
      const { scope, token } = lease;
      const place = placeOf(scope);
      const [row] = await database.ask<LeaseRow>(place.extend, [place.key, token]);
      if (row === undefined) throw new StaleTokenError(scope, token, (await find(scope))?.lease_token ?? token);
      const run = runOfScope(scope);
      if (run !== undefined && row.version !== undefined) onVersion(run, row.version);
      return { ...lease, expiresAt: row.lease_until };
    },
    async release({ scope, token }) {
      assertWritable();
      const { key, release } = placeOf(scope);
      const released = await releases.get(release)?.ask({ key, token });
      if (released?.is_stale === true) throw new StaleTokenError(scope, token, released.newest ?? token);
    },
    async current(scope) {
      const row = await find(scope);
      return row !== undefined && isHeld(row) ? leaseOf(scope, row) : undefined;
    },
  };
}

function gatherReleases(database: Database, statement: string): Gather<{ key: string; token: FencingToken }, Released> {
  return new Gather({
    keyOf: ({ key }) => key,
    async perform(asked) {
      const rows = await database.ask<Released>(statement, [
        lines(asked.map(({ key }) => key)),
        lines(asked.map(({ token }) => token)),
      ]);
      const ofKey = new Map(rows.map((row) => [row.key, row]));
      return asked.map(({ key }) => ofKey.get(key) as Released);
    },
  });
}

function isHeld({ lease_holder, is_over }: LeaseRow): boolean {
  return lease_holder !== null && !is_over;
}

function leaseOf(scope: LeaseScope, row: LeaseRow): Lease {
  const { lease_holder, lease_token: token, lease_since: since, lease_until: expiresAt } = row;
  return { scope, holder: lease_holder ?? "", token, since, expiresAt };
}
