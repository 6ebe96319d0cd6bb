/**
 * More events of runs, many in one statement: lock the runs, see which writes fit (version and token), write these. The rows are locked in
 * the order of their ids, so two such statements never wait for each other in a circle.
 */

import { type FencingToken, invariant, type RunEvent, type RunId, type RunStatus } from "@provisioning/model";
import { RunNotFoundError, StaleTokenError, VersionConflictError } from "../../errors.js";
import { runScope, type Version } from "../../ports/run-store.js";
import { isFinalFailure, statusAfter } from "../../tables/run-summary.js";
import type { Database } from "./database.js";
import { Gather, lines } from "./gather.js";

const APPEND = `
  with asked as materialized (
    select * from unnest(
      string_to_array($1, chr(10)), string_to_array($2, chr(10))::integer[], string_to_array($3, chr(10), '')::bigint[],
      string_to_array($4, chr(10))::integer[], string_to_array($5, chr(10), ''), string_to_array($6, chr(10), '')::bigint[],
      string_to_array($7, chr(10))::integer[], string_to_array($8, chr(10))::integer[], string_to_array($9, chr(10))::boolean[]
    ) as asked (run, expected, token, count, statuses, updated_at, completed, failed, forgets_failed)
  ),
  locked as materialized (
    select id, version, status, lease_holder is not null as is_held, lease_token
    from runs where id in (select run from asked) order by id for update
  ),
  fits as materialized (
    select asked.*, locked.status from asked join locked on locked.id = asked.run
    where locked.version = asked.expected and (asked.token is null or (locked.is_held and locked.lease_token = asked.token))
  ),
  changed as (
    update runs set
      version = fits.expected + fits.count,
      status = coalesce(fits.statuses::json ->> fits.status, fits.status),
      updated_at = fits.updated_at,
      completed = runs.completed + fits.completed,
      failed = case when fits.forgets_failed then 0 else runs.failed end + fits.failed
    from fits where runs.id = fits.run and fits.count > 0
  ),
  stored as (
    insert into events (run, number, event)
    select fits.run, line.number, line.event::json
    from unnest(string_to_array($10, chr(10)), string_to_array($11, chr(10))::integer[], string_to_array($12, chr(10)))
      as line (run, number, event)
    join fits on fits.run = line.run
  )
  select asked.run, locked.version, locked.is_held, locked.lease_token, fits.run is not null as is_stored
  from asked left join locked on locked.id = asked.run left join fits on fits.run = asked.run`;

const SINCE = `
  select json_agg(event order by number) as events from events where run = $1 and number > $2 and number <= $3`;

interface Addition {
  readonly runId: RunId;
  readonly expected: Version;
  readonly events: readonly string[];
  readonly token: FencingToken | undefined;
  readonly change: SummaryChange;
}

interface Outcome {
  readonly [column: string]: unknown;
  readonly run: RunId;
  /** Null: there is no such run. */
  readonly version: Version | null;
  readonly is_held: boolean | null;
  readonly lease_token: FencingToken | null;
  readonly is_stored: boolean;
  /** An earlier try may have been carried out without our knowing. */
  readonly mayBeDone: boolean;
}

export type Append = (runId: RunId, expected: Version, events: readonly RunEvent[], token?: FencingToken) => Promise<Version>;

/** @throws VersionConflictError, StaleTokenError, RunNotFoundError */
export function createAppend(database: Database): Append {
  const gather = new Gather<Addition, Outcome>({
    perform: (additions) => database.persist((mayBeDone) => add(database, additions, mayBeDone)),
    keyOf: ({ runId }) => runId,
    bytesOf: ({ events }) => events.reduce((sum, event) => sum + event.length, 0),
    lanes: 2,
  });
  return async (runId, expected, events, token) => {
    if (runId.includes("\n")) throw new RunNotFoundError(runId);
    const addition = {
      runId,
      expected,
      events: events.map((event) => JSON.stringify(event)),
      token,
      change: changeOf(events),
    };
    const outcome = await gather.ask(addition);
    if (outcome.is_stored || (outcome.mayBeDone && (await isStored(database, addition)))) return expected + events.length;
    throw refusal(addition, outcome);
  };
}

async function add(database: Database, additions: readonly Addition[], mayBeDone: boolean): Promise<readonly Outcome[]> {
  const all = additions.flatMap(({ runId, expected, events }) =>
    events.map((event, index) => ({ runId, number: expected + index + 1, event })),
  );
  const outcomes = await database.once<Omit<Outcome, "mayBeDone">>(APPEND, [
    lines(additions.map(({ runId }) => runId)),
    lines(additions.map(({ expected }) => expected)),
    lines(additions.map(({ token }) => token)),
    lines(additions.map(({ events }) => events.length)),
    lines(additions.map(({ change }) => change.statuses)),
    lines(additions.map(({ change }) => change.updatedAt)),
    lines(additions.map(({ change }) => change.completed)),
    lines(additions.map(({ change }) => change.failed)),
    lines(additions.map(({ change }) => String(change.forgetsFailed))),
    lines(all.map(({ runId }) => runId)),
    lines(all.map(({ number }) => number)),
    lines(all.map(({ event }) => event)),
  ]);
  const ofRun = new Map(outcomes.map((outcome) => [outcome.run, outcome]));
  return additions.map(({ runId }) => {
    const outcome = ofRun.get(runId);
    invariant(outcome !== undefined, `the database said nothing of run ${runId}`);
    return { ...outcome, mayBeDone } as Outcome;
  });
}

/** Whether exactly these events are in their place. */
async function isStored(database: Database, { runId, expected, events }: Addition): Promise<boolean> {
  if (events.length === 0) return false;
  const [row] = await database.ask<{ events: readonly RunEvent[] | null }>(SINCE, [runId, expected, expected + events.length]);
  const stored = row?.events ?? [];
  return stored.length === events.length && stored.every((event, index) => JSON.stringify(event) === events[index]);
}

function refusal({ runId, expected, token }: Addition, { version, is_held, lease_token }: Outcome): Error {
  if (version === null) return new RunNotFoundError(runId);
  const isStale = token !== undefined && (is_held !== true || lease_token !== token);
  if (isStale) return new StaleTokenError(runScope(runId), token, lease_token ?? 0);
  return new VersionConflictError(`Run ${runId}`, expected, version);
}

/** What events do to a summary that is not known here. */
interface SummaryChange {
  /** JSON: to which status each status leads; empty when none changes. */
  readonly statuses: string;
  readonly updatedAt: number | undefined;
  readonly completed: number;
  readonly failed: number;
  /** Failures before these events no longer count. */
  readonly forgetsFailed: boolean;
}

const STATUSES: readonly RunStatus[] = [
  "pending",
  "running",
  "rollingBack",
  "paused",
  "completed",
  "failed",
  "cancelled",
  "rolledBack",
];

function changeOf(events: readonly RunEvent[]): SummaryChange {
  const after = STATUSES.map((status) => [status, events.reduce(statusAfter, status)] as const);
  const changed = after.filter(([from, to]) => from !== to);
  const lastRetry = events.findLastIndex(({ type }) => type === "runRetried");
  return {
    statuses: changed.length === 0 ? "" : JSON.stringify(Object.fromEntries(changed)),
    updatedAt: events.at(-1)?.at,
    completed: events.filter(({ type }) => type === "operationCompleted").length,
    failed: events.slice(lastRetry + 1).filter(isFinalFailure).length,
    forgetsFailed: lastRetry >= 0,
  };
}
