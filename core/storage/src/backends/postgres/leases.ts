/** Leases in the database: of a run in its own row, of everything else in the table `leases`. Time is the database's alone. */

import { randomUUID } from "node:crypto";
import type { FencingToken, Instant, RunId } from "@provisioning/model";
import { LeaseHeldError, RunNotFoundError, StaleTokenError, StoreReadOnlyError } from "../../errors.js";
import type { Lease, LeaseScope, LeaseStore } from "../../ports/lease-store.js";
import { runOfScope, type Version } from "../../ports/run-store.js";
import type { Database } from "./database.js";
import { Gather, lines } from "./gather.js";
import type { Quick, Released } from "./quick.js";

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
}

const COLUMNS = "lease_holder, lease_token, lease_since, lease_until, lease_until <= now_ms() as is_over";

/**
 * Of a run. By the time, because the server may forget in a crash that it granted a token: the next one must be another nevertheless, or two
 * workers would have the same.
 */
export const NEXT_TOKEN = "greatest(lease_token + 1, moment.at)";

const ACQUIRE_RUN = `
  with moment as materialized (select now_ms() as at)
  update runs set lease_holder = $2, lease_token = ${NEXT_TOKEN}, lease_since = moment.at, lease_ttl = $3,
    lease_until = moment.at + $3, lease_request = $4
  from moment where id = $1 and (lease_until <= moment.at or lease_request = $4)
  returning ${COLUMNS}`;

const ACQUIRE_OTHER = `
  insert into leases as held (scope, lease_holder, lease_token, lease_since, lease_ttl, lease_until, lease_request)
  select $1::text, $2::text, 1, moment.at, $3::bigint, moment.at + $3, $4::text from (select now_ms() as at) as moment
  on conflict (scope) do update set lease_holder = excluded.lease_holder, lease_token = held.lease_token + 1,
    lease_since = excluded.lease_since, lease_ttl = excluded.lease_ttl, lease_until = excluded.lease_until,
    lease_request = excluded.lease_request
  where held.lease_until <= excluded.lease_since or held.lease_request = excluded.lease_request
  returning ${COLUMNS}`;

const FIND_RUN = `select ${COLUMNS} from runs where id = $1`;
const FIND_OTHER = `select ${COLUMNS} from leases where scope = $1`;

/** Rows that many processes write to are locked in the order of their keys, so that nobody waits in a circle. */
const EXTEND_RUNS = `
  with asked as materialized (
    select * from unnest(string_to_array($1, chr(10)), string_to_array($2, chr(10))::bigint[]) as asked (key, token)
  ),
  locked as materialized (
    select id as key, lease_holder, lease_token, version from runs where id in (select key from asked) order by id for update
  ),
  kept as (
    update runs set lease_until = now_ms() + lease_ttl
    from asked join locked using (key)
    where runs.id = asked.key and locked.lease_token = asked.token and locked.lease_holder is not null
    returning runs.id as key, runs.lease_until
  )
  select asked.key, kept.lease_until, locked.version, locked.lease_token as newest
  from asked left join locked using (key) left join kept using (key)`;

const EXTEND_OTHER = `
  update leases set lease_until = now_ms() + lease_ttl
  where scope = $1 and lease_token = $2 and lease_holder is not null
  returning lease_until`;

const RELEASE_OTHER = `
  with freed as (
    update leases set lease_holder = null, lease_until = 0, lease_request = null
    where scope = $1 and lease_token = $2 and lease_holder is not null
  )
  select scope as key, lease_holder is not null and lease_token <> $2 as is_stale, lease_token as newest from leases where scope = $1`;

/** Of runs there are none in this table. */
const FORGET_FREE = "delete from leases where starts_with(scope, $1) and (lease_holder is null or lease_until <= now_ms())";

export interface LeaseStoreOptions {
  readonly database: Database;
  /** Giving back the lease of a run may be lost in a crash of the server. */
  readonly quick: Quick;
  readonly isReadOnly: boolean;
  /** A heartbeat has seen which version its run is at. */
  readonly onVersion: (runId: RunId, version: Version) => void;
}

export function createLeaseStore({ database, quick, isReadOnly, onVersion }: LeaseStoreOptions): LeaseStore {
  const heartbeats = new Gather<Beat, Kept>({ keyOf: ({ run }) => run, perform: (beats) => extend(database, beats) });
  const assertWritable = () => {
    if (isReadOnly) throw new StoreReadOnlyError(database.location);
  };
  const find = async (scope: LeaseScope) => {
    const run = runOfScope(scope);
    const [row] = await database.ask<LeaseRow>(run === undefined ? FIND_OTHER : FIND_RUN, [run ?? scope]);
    return row;
  };
  return {
    isExclusive: () => false,
    async acquire(scope, holder, ttlMs) {
      assertWritable();
      const run = runOfScope(scope);
      const parameters = [run ?? scope, holder, ttlMs, newRequest()];
      for (;;) {
        const [granted] = await database.ask<LeaseRow>(run === undefined ? ACQUIRE_OTHER : ACQUIRE_RUN, parameters);
        if (granted !== undefined) return leaseOf(scope, granted);
        const row = await find(scope);
        if (row === undefined && run !== undefined) throw new RunNotFoundError(run);
        // Between the two questions it may have become free.
        if (row !== undefined && isHeld(row)) throw new LeaseHeldError(leaseOf(scope, row));
      }
    },
    async heartbeat(lease) {
      assertWritable();
      const { scope, token } = lease;
      const run = runOfScope(scope);
      if (run === undefined) {
        const [row] = await database.ask<Pick<LeaseRow, "lease_until">>(EXTEND_OTHER, [scope, token]);
        if (row === undefined) throw new StaleTokenError(scope, token, (await find(scope))?.lease_token ?? token);
        return { ...lease, expiresAt: row.lease_until };
      }
      const { lease_until, version, newest } = await heartbeats.ask({ run: singleLine(run), token });
      if (lease_until === null || version === null) throw new StaleTokenError(scope, token, newest ?? token);
      onVersion(run, version);
      return { ...lease, expiresAt: lease_until };
    },
    async release({ scope, token }) {
      assertWritable();
      const run = runOfScope(scope);
      const released =
        run === undefined
          ? (await database.ask<Released>(RELEASE_OTHER, [scope, token]))[0]
          : await quick.release({ key: singleLine(run), token });
      if (released?.is_stale === true) throw new StaleTokenError(scope, token, released.newest ?? token);
    },
    async forgetFree(prefix) {
      assertWritable();
      await database.ask(FORGET_FREE, [prefix]);
    },
    async current(scope) {
      const row = await find(scope);
      return row !== undefined && isHeld(row) ? leaseOf(scope, row) : undefined;
    },
  };
}

interface Beat {
  readonly run: string;
  readonly token: FencingToken;
}

interface Kept {
  readonly [column: string]: unknown;
  readonly key: string;
  /** Null: the lease is not his. */
  readonly lease_until: Instant | null;
  readonly version: Version | null;
  readonly newest: FencingToken | null;
}

async function extend(database: Database, beats: readonly Beat[]): Promise<readonly Kept[]> {
  const rows = await database.ask<Kept>(EXTEND_RUNS, [
    lines(beats.map(({ run }) => run)),
    lines(beats.map(({ token }) => token)),
  ]);
  const ofRun = new Map(rows.map((row) => [row.key, row]));
  return beats.map(({ run }) => ofRun.get(run) as Kept);
}

/** No run has an id with a line break. */
function singleLine(run: RunId): string {
  return run.replaceAll("\n", " ");
}

function isHeld({ lease_holder, is_over }: LeaseRow): boolean {
  return lease_holder !== null && !is_over;
}

function leaseOf(scope: LeaseScope, row: LeaseRow): Lease {
  const { lease_holder, lease_token: token, lease_since: since, lease_until: expiresAt } = row;
  return { scope, holder: lease_holder ?? "", token, since, expiresAt };
}
