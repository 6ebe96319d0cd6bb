/** What the database takes over from another storage when everything is moved. */

import type { FencingToken, Instant, RunId } from "@provisioning/model";
import { StoreReadOnlyError } from "../../errors.js";
import type { LeaseScope } from "../../ports/lease-store.js";
import { runOfScope, runScope } from "../../ports/run-store.js";
import type { StorageTransfer } from "../../ports/transfer.js";
import type { Database } from "./database.js";
import { lines } from "./gather.js";

const HELD = `
  select 'run' as kind, id as key, lease_holder, lease_token, lease_since, lease_ttl, lease_until
  from runs where lease_holder is not null and lease_until > now_ms()
  union all
  select 'other', scope, lease_holder, lease_token, lease_since, lease_ttl, lease_until
  from leases where lease_holder is not null and lease_until > now_ms()`;

const HOLD_RUN = `
  update runs set lease_holder = $2, lease_token = $3, lease_since = now_ms(), lease_ttl = $4, lease_until = now_ms() + $4,
    lease_request = null
  where id = $1`;

const HOLD_OTHER = `
  insert into leases (scope, lease_holder, lease_token, lease_since, lease_ttl, lease_until)
  values ($1, $2, $3, now_ms(), $4, now_ms() + $4)
  on conflict (scope) do update set lease_holder = excluded.lease_holder, lease_token = excluded.lease_token,
    lease_since = excluded.lease_since, lease_ttl = excluded.lease_ttl, lease_until = excluded.lease_until, lease_request = null`;

/** Who holds the lease under an older token is not touched: raising is for what nobody holds. */
const RAISE_RUN = "update runs set lease_token = $2 where id = $1 and lease_token < $2 and lease_holder is null";

const RAISE_OTHER = `
  insert into leases (scope, lease_token) values ($1, $2)
  on conflict (scope) do update set lease_token = excluded.lease_token
  where leases.lease_token < excluded.lease_token and leases.lease_holder is null`;

const PUT = `
  insert into resources (infra, address, version, record)
  select infra, address, version, record::json from unnest(
    string_to_array($1, chr(10)), string_to_array($2, chr(10)), string_to_array($3, chr(10))::integer[], string_to_array($4, chr(10))
  ) as given (infra, address, version, record)
  on conflict (infra, address) do update set version = excluded.version, record = excluded.record`;

interface HeldRow {
  readonly [column: string]: unknown;
  readonly kind: "run" | "other";
  readonly key: string;
  readonly lease_holder: string;
  readonly lease_token: FencingToken;
  readonly lease_since: Instant;
  readonly lease_ttl: number;
  readonly lease_until: Instant;
}

/** Each is one statement that may be done twice. */
export function createTransfer(database: Database, isReadOnly: boolean): StorageTransfer {
  const assertWritable = () => {
    if (isReadOnly) throw new StoreReadOnlyError(database.location);
  };
  return {
    async heldLeases() {
      const rows = await database.ask<HeldRow>(HELD);
      return rows.map((row) => ({
        lease: {
          scope: row.kind === "run" ? runScope(row.key as RunId) : (row.key as LeaseScope),
          holder: row.lease_holder,
          token: row.lease_token,
          since: row.lease_since,
          expiresAt: row.lease_until,
        },
        ttlMs: row.lease_ttl,
      }));
    },
    async importLease({ lease: { scope, holder, token }, ttlMs }) {
      assertWritable();
      const run = runOfScope(scope);
      await database.ask(run === undefined ? HOLD_OTHER : HOLD_RUN, [run ?? scope, holder, token, ttlMs]);
    },
    async raiseToken(scope, token) {
      assertWritable();
      const run = runOfScope(scope);
      await database.ask(run === undefined ? RAISE_OTHER : RAISE_RUN, [run ?? scope, token]);
    },
    async importResources(resources) {
      assertWritable();
      if (resources.length === 0) return;
      await database.ask(PUT, [
        lines(resources.map(({ record }) => record.infra)),
        lines(resources.map(({ record }) => record.address)),
        lines(resources.map(({ version }) => version)),
        lines(resources.map(({ record }) => JSON.stringify(record))),
      ]);
    },
  };
}
