/**
 * Which run is worked on next. A taker locks the first free runs and skips those that another taker has locked in the same moment, so
 * takers never wait for each other and never get the same run. Takers of one process are served by one statement.
 */

import type { Instant, RunId } from "@provisioning/model";
import { StoreReadOnlyError } from "../../errors.js";
import type { ClaimedRun, RunQueue } from "../../ports/run-queue.js";
import { runScope } from "../../ports/run-store.js";
import type { Database } from "./database.js";
import { Gather } from "./gather.js";
import { newRequest } from "./leases.js";

/** `$4` marks what is taken: when an answer was lost, the next try finds what the last one took. */
const CLAIM = `
  with moment as materialized (select now_ms() as at),
  next as materialized (
    select id from runs
    where status in ('pending', 'running', 'rollingBack')
      and (lease_until <= (select at from moment) or lease_request = $4) and not_before <= (select at from moment)
    order by rank, id limit $1 for update skip locked
  )
  update runs set lease_holder = $2, lease_token = lease_token + 1, lease_since = moment.at, lease_ttl = $3,
    lease_until = moment.at + $3, lease_request = $4
  from next, moment where runs.id = next.id
  returning runs.id, runs.rank, runs.lease_token, runs.lease_since, runs.lease_until`;

const DUE = `
  select case when count(*) > 0 then greatest(min(greatest(lease_until, not_before)) - now_ms(), 0) end as due_in
  from runs where status in ('pending', 'running', 'rollingBack')`;

interface Taker {
  readonly holder: string;
  readonly ttlMs: number;
}

interface Taken {
  readonly [column: string]: unknown;
  readonly id: RunId;
  readonly rank: number;
  readonly lease_token: number;
  readonly lease_since: Instant;
  readonly lease_until: Instant;
}

export function createRunQueue(database: Database, isReadOnly: boolean): RunQueue {
  const gathers = new Map<string, Gather<Taker, ClaimedRun | undefined>>();
  const due = new Gather<null, number | undefined>({
    async perform(askers) {
      const [row] = await database.ask<{ due_in: number | null }>(DUE);
      return askers.map(() => row?.due_in ?? undefined);
    },
  });
  return {
    async claim(holder, ttlMs) {
      if (isReadOnly) throw new StoreReadOnlyError(database.location);
      const key = `${ttlMs} ${holder}`;
      const gather = gathers.get(key) ?? new Gather({ perform: (takers: readonly Taker[]) => take(database, takers) });
      gathers.set(key, gather);
      return gather.ask({ holder, ttlMs });
    },
    dueInMs: () => due.ask(null),
  };
}

/** Takers of one holder and lease time. */
async function take(database: Database, takers: readonly Taker[]): Promise<readonly (ClaimedRun | undefined)[]> {
  const { holder, ttlMs } = takers[0] as Taker;
  const request = newRequest();
  const taken = await database.ask<Taken>(CLAIM, [takers.length, holder, ttlMs, request]);
  const inOrder = [...taken].sort((a, b) => a.rank - b.rank || (a.id < b.id ? -1 : 1));
  return takers.map((_, index) => {
    const row = inOrder[index];
    if (row === undefined) return undefined;
    const { id, lease_token: token, lease_since: since, lease_until: expiresAt } = row;
    return { runId: id, lease: { scope: runScope(id), holder, token, since, expiresAt } };
  });
}
