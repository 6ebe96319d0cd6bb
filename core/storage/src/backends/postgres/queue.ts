/**
 * Which run is worked on next. A taker locks the first free runs and skips those that another taker has locked in the same moment, so
 * takers never wait for each other and never get the same run. Takers of one process are served by one statement, which also reads the
 * events of what it took, and for those who got nothing, when to ask again.
 *
 * Runs that are postponed have an index of their own. The first taker who finds one whose time has come puts all of these among the others.
 */

import type { Instant, RunEvent, RunId } from "@provisioning/model";
import { StoreReadOnlyError } from "../../errors.js";
import { type ClaimedRun, type RunQueue, WAITING_EVENTS } from "../../ports/run-queue.js";
import { runScope } from "../../ports/run-store.js";
import type { Database } from "./database.js";
import { Gather } from "./gather.js";
import { newRequest, NEXT_TOKEN } from "./leases.js";
import { Turn } from "./turn.js";
import type { Watch } from "./watch.js";

const QUEUED = "is_open and not is_postponed";
const POSTPONED = "is_open and is_postponed";

/** In how many milliseconds something comes up: a lease is over, or a time has come. Below nothing: it has already. */
const dueIn = (which: string) => `
  least(
    (select min(greatest(lease_until, not_before)) from runs where ${which}) - moment.at,
    (select min(not_before) from runs where ${POSTPONED}) - moment.at
  )`;

/**
 * `$4` marks what is taken: when an answer was lost, the next try finds what the last one took. `$5`: takes nothing while there are postponed
 * runs whose time has come. Events that came in just this moment may be missing; then the version says so.
 */
export const CLAIM = `
  with moment as materialized (select now_ms() as at),
  ripe as materialized (
    select $5::boolean and exists (select from runs where ${POSTPONED} and not_before <= (select at from moment)) as is_ripe
  ),
  next as materialized (
    select id from runs
    where ${QUEUED} and (lease_until <= (select at from moment) or lease_request = $4) and not_before <= (select at from moment)
      and not (select is_ripe from ripe)
    order by rank, id limit $1 for update skip locked
  ),
  taken as (
    update runs set lease_holder = $2, lease_token = ${NEXT_TOKEN}, lease_since = moment.at, lease_ttl = $3,
      lease_until = moment.at + $3, lease_request = $4
    from next, moment where runs.id = next.id
    returning runs.id, runs.rank, runs.version, runs.lease_token, runs.lease_since, runs.lease_until
  )
  select taken.*, is_ripe,
    (select json_agg(event order by number) from events where run = taken.id) as events,
    case when (select count(*) from next) < $1 then
      least(${dueIn(`${QUEUED} and id not in (select id from next)`)}, case when taken.id is not null then $3 end)
    end as due_in
  from moment cross join ripe left join taken on true`;

const DUE = `with moment as materialized (select now_ms() as at) select ${dueIn(QUEUED)} as due_in from moment`;

/** In the order of their times; more than these in one moment lose their order by rank. */
const MOST_AT_ONCE = 2_000;
const RIPEN = `
  with moment as materialized (select now_ms() as at)
  update runs set is_postponed = false
  where id in (
    select id from runs where ${POSTPONED} and not_before <= (select at from moment) order by not_before limit $1 for update skip locked
  )`;

interface Taker {
  readonly holder: string;
  readonly ttlMs: number;
}

/** One row at least: without an id when nothing was taken. */
interface Answer {
  readonly [column: string]: unknown;
  readonly id: RunId | null;
  readonly is_ripe: boolean;
  /** When it was asked for more than there is. */
  readonly due_in: number | null;
}

interface Taken extends Answer {
  readonly id: RunId;
  readonly rank: number;
  readonly version: number;
  readonly lease_token: number;
  readonly lease_since: Instant;
  readonly lease_until: Instant;
  readonly events: readonly RunEvent[];
}

export interface RunQueueOptions {
  readonly database: Database;
  /** Answers before a claim is safe from a crash of the server: what is written under it is synced after it, and until then it may be lost. */
  readonly unsynced: Database;
  readonly isReadOnly: boolean;
  /** What was written, here and elsewhere. */
  readonly watch: Pick<Watch, "watch" | "heard">;
}

export function createRunQueue({ database, unsynced, isReadOnly, watch }: RunQueueOptions): RunQueue {
  const { heard } = watch;
  const gathers = new Map<string, Gather<Taker, ClaimedRun | undefined>>();
  const found = new Turn<"due", { readonly dueInMs: number | undefined; readonly heard: number }>();
  const due = new Gather<null, number | undefined>({
    async perform(askers) {
      const [row] = await database.ask<{ due_in: number | null }>(DUE);
      return askers.map(() => durationOf(row?.due_in));
    },
  });
  /** Takers of one holder and lease time. */
  const take = async (takers: readonly Taker[]): Promise<readonly (ClaimedRun | undefined)[]> => {
    const { holder, ttlMs } = takers[0] as Taker;
    const before = heard();
    const answers = await claim(unsynced, [takers.length, holder, ttlMs, newRequest()]);
    const taken = answers.filter((answer): answer is Taken => answer.id !== null);
    taken.sort((a, b) => a.rank - b.rank || (a.id < b.id ? -1 : 1));
    if (taken.length < takers.length) found.keep("due", { dueInMs: durationOf(answers[0]?.due_in), heard: before });
    return takers.map((_, index) => {
      const row = taken[index];
      return row && claimedRun(row, holder);
    });
  };
  return {
    async claim(holder, ttlMs) {
      if (isReadOnly) throw new StoreReadOnlyError(database.location);
      const key = `${ttlMs} ${holder}`;
      const gather = gathers.get(key) ?? new Gather({ perform: take, lanes: 2 });
      gathers.set(key, gather);
      return gather.ask({ holder, ttlMs });
    },
    watch: (onWaiting) => watch.watch(onWaiting, undefined, WAITING_EVENTS),
    async dueInMs() {
      const known = found.get("due");
      return known !== undefined && known.heard === heard() ? known.dueInMs : due.ask(null);
    },
  };
}

/** What is postponed no longer comes first into its place. */
async function claim(database: Database, parameters: readonly [number, string, number, string]): Promise<readonly Answer[]> {
  const answers = await database.ask<Answer>(CLAIM, [...parameters, true]);
  if (answers[0]?.is_ripe !== true) return answers;
  await database.ask(RIPEN, [MOST_AT_ONCE]);
  // Somebody else may be at those that are left.
  return database.ask<Answer>(CLAIM, [...parameters, false]);
}

function claimedRun(row: Taken, holder: string): ClaimedRun {
  const { id, version, events, lease_token: token, lease_since: since, lease_until: expiresAt } = row;
  const lease = { scope: runScope(id), holder, token, since, expiresAt };
  return { runId: id, lease, ...(events.length === version ? { stored: { version, events } } : {}) };
}

function durationOf(dueInMs: number | null | undefined): number | undefined {
  return dueInMs === null || dueInMs === undefined ? undefined : Math.max(0, dueInMs);
}
