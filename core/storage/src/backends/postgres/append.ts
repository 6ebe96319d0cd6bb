/**
 * More events of runs, many in one statement: what fits (version and token) is written, what does not is looked at afterwards to say why. The
 * runs come in the order of their ids, so that two such statements do not wait for each other in a circle.
 */

import type { FencingToken, RunEvent, RunId, RunStatus } from "@provisioning/model";
import { RunNotFoundError, StaleTokenError, VersionConflictError } from "../../errors.js";
import { type RunStore, runScope, type Version } from "../../ports/run-store.js";
import { isFinalFailure, statusAfter } from "../../tables/run-summary.js";
import type { Database } from "./database.js";
import { Gather, lines } from "./gather.js";

const FITS = `runs.version = asked.expected
  and (asked.token is null or (runs.lease_token = asked.token and runs.lease_holder is not null))`;

const APPEND = `
  with asked as materialized (
    select * from unnest(
      string_to_array($1, chr(10)), string_to_array($2, chr(10))::integer[], string_to_array($3, chr(10), '')::bigint[],
      string_to_array($4, chr(10))::integer[], string_to_array($5, chr(10), ''), string_to_array($6, chr(10))::bigint[],
      string_to_array($7, chr(10))::integer[], string_to_array($8, chr(10))::integer[], string_to_array($9, chr(10))::boolean[],
      string_to_array($10, chr(10))::boolean[]
    ) as asked (run, expected, token, count, statuses, updated_at, completed, failed, forgets_failed, releases)
  ),
  changed as (
    update runs set
      version = asked.expected + asked.count,
      status = coalesce(asked.statuses::json ->> runs.status, runs.status),
      updated_at = asked.updated_at,
      completed = runs.completed + asked.completed,
      failed = case when asked.forgets_failed then 0 else runs.failed end + asked.failed,
      lease_holder = case when asked.releases then null else runs.lease_holder end,
      lease_until = case when asked.releases then 0 else runs.lease_until end,
      lease_request = case when asked.releases then null else runs.lease_request end
    from asked where runs.id = asked.run and ${FITS}
    returning runs.id
  ),
  stored as (
    insert into events (run, number, event)
    select line.run, line.number, line.event::json
    from unnest(string_to_array($11, chr(10)), string_to_array($12, chr(10))::integer[], string_to_array($13, chr(10)))
      as line (run, number, event)
    join changed on changed.id = line.run
  )
  select id from changed`;

const LOOK = `
  select id, version, lease_holder is not null as is_held, lease_token from runs
  where id in (select unnest(string_to_array($1, chr(10))))`;

const SINCE = `
  select json_agg(event order by number) as events from events where run = $1 and number > $2 and number <= $3`;

interface Addition {
  readonly runId: RunId;
  readonly expected: Version;
  readonly events: readonly string[];
  readonly token: FencingToken | undefined;
  readonly releases: boolean;
  readonly change: SummaryChange;
}

interface Found {
  readonly [column: string]: unknown;
  readonly id: RunId;
  readonly version: Version;
  readonly is_held: boolean;
  readonly lease_token: FencingToken;
}

interface Outcome {
  readonly isStored: boolean;
  /** An earlier try may have been carried out without our knowing. */
  readonly mayBeDone: boolean;
}

/** @throws VersionConflictError, StaleTokenError, RunNotFoundError */
export function createAppend(database: Database): RunStore["append"] {
  const gather = new Gather<Addition, Outcome>({
    perform: (additions) => database.persist((mayBeDone) => add(database, additions, mayBeDone)),
    keyOf: ({ runId }) => runId,
    bytesOf: ({ events }) => events.reduce((sum, event) => sum + event.length, 0),
    lanes: 2,
  });
  const looks = new Gather<RunId, Found | undefined>({ perform: (ids) => look(database, ids) });
  return async (runId, expected, events, token, then) => {
    if (runId.includes("\n")) throw new RunNotFoundError(runId);
    const addition = {
      runId,
      expected,
      events: events.map((event) => JSON.stringify(event)),
      token,
      releases: token !== undefined && then === "release",
      change: changeOf(events),
    };
    if (events.length > 0) {
      const { isStored, mayBeDone } = await gather.ask(addition);
      if (isStored || (mayBeDone && (await isInPlace(database, addition)))) return expected + events.length;
    }
    const found = await looks.ask(runId);
    if (events.length === 0 && found !== undefined && fits(addition, found)) return expected;
    throw refusal(addition, found);
  };
}

async function add(database: Database, additions: readonly Addition[], mayBeDone: boolean): Promise<readonly Outcome[]> {
  const sorted = additions.toSorted((left, right) => (left.runId < right.runId ? -1 : 1));
  const changes = sorted.map(({ change }) => change);
  const all = sorted.flatMap(({ runId, expected, events }) =>
    events.map((event, index) => ({ runId, number: expected + index + 1, event })),
  );
  const rows = await database.once<{ id: RunId }>(APPEND, [
    lines(sorted.map(({ runId }) => runId)),
    lines(sorted.map(({ expected }) => expected)),
    lines(sorted.map(({ token }) => token)),
    lines(sorted.map(({ events }) => events.length)),
    lines(changes.map(({ statuses }) => statuses)),
    lines(changes.map(({ updatedAt }) => updatedAt)),
    lines(changes.map(({ completed }) => completed)),
    lines(changes.map(({ failed }) => failed)),
    lines(changes.map(({ forgetsFailed }) => String(forgetsFailed))),
    lines(sorted.map(({ releases }) => String(releases))),
    lines(all.map(({ runId }) => runId)),
    lines(all.map(({ number }) => number)),
    lines(all.map(({ event }) => event)),
  ]);
  const stored = new Set(rows.map(({ id }) => id));
  return additions.map(({ runId }) => ({ isStored: stored.has(runId), mayBeDone }));
}

async function look(database: Database, ids: readonly RunId[]): Promise<readonly (Found | undefined)[]> {
  const rows = await database.ask<Found>(LOOK, [lines(new Set(ids))]);
  const ofRun = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => ofRun.get(id));
}

/** Whether exactly these events are in their place. */
async function isInPlace(database: Database, { runId, expected, events }: Addition): Promise<boolean> {
  const [row] = await database.ask<{ events: readonly RunEvent[] | null }>(SINCE, [runId, expected, expected + events.length]);
  const stored = row?.events ?? [];
  return stored.length === events.length && stored.every((event, index) => JSON.stringify(event) === events[index]);
}

function fits({ expected, token }: Addition, found: Found): boolean {
  return found.version === expected && !isStale(token, found);
}

function isStale(token: FencingToken | undefined, { is_held, lease_token }: Found): token is FencingToken {
  return token !== undefined && !(is_held && lease_token === token);
}

function refusal({ runId, expected, token }: Addition, found: Found | undefined): Error {
  if (found === undefined) return new RunNotFoundError(runId);
  if (isStale(token, found)) return new StaleTokenError(runScope(runId), token, found.lease_token);
  return new VersionConflictError(`Run ${runId}`, expected, found.version);
}

/** What events do to a summary that is not known here. */
interface SummaryChange {
  /** JSON: to which status each status leads; empty when none changes. */
  readonly statuses: string;
  readonly updatedAt: number;
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
  let completed = 0;
  let failed = 0;
  let forgetsFailed = false;
  for (const event of events) {
    if (event.type === "operationCompleted") completed += 1;
    else if (event.type === "runRetried") [failed, forgetsFailed] = [0, true];
    else if (isFinalFailure(event)) failed += 1;
  }
  return { statuses: statusesAfter(events), updatedAt: events.at(-1)?.at ?? 0, completed, failed, forgetsFailed };
}

/** Which events lead where is known by few of them: most runs go the same way. */
function statusesAfter(events: readonly RunEvent[]): string {
  const telling = events.filter(({ type }) => !SILENT.has(type));
  const way = telling.map((event) => (event.type === "runEnded" ? event.status : event.type)).join();
  const known = knownWays.get(way);
  if (known !== undefined) return known;
  const after = STATUSES.map((status) => [status, telling.reduce(statusAfter, status)] as const);
  const changed = after.filter(([from, to]) => from !== to);
  const statuses = changed.length === 0 ? "" : JSON.stringify(Object.fromEntries(changed));
  if (knownWays.size < MOST_WAYS) knownWays.set(way, statuses);
  return statuses;
}

const knownWays = new Map<string, string>();
const MOST_WAYS = 1000;

/** They come by the thousands and change no status. */
const SILENT: ReadonlySet<RunEvent["type"]> = new Set<RunEvent["type"]>([
  "operationStarted",
  "operationInspected",
  "operationCompleted",
  "operationFailed",
  "operationSkipped",
  "operationCancelled",
  "checkpointReached",
  "compensationStarted",
  "compensationCompleted",
  "compensationFailed",
]);
