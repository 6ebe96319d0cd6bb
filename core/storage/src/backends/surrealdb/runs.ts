/** Runs: their events as rows, what a list shows of them in the row of the run. Both are written together. */

import { canonicalJson, type Json, type RunDefinition, type RunEvent, type RunId, type RunStatus } from "@provisioning/model";
import { RunExistsError, RunNotFoundError, StaleTokenError, StoreReadOnlyError, VersionConflictError } from "../../errors.js";
import type { RunPage, RunQuery, RunStore, RunSummary, StoredRun } from "../../ports/run-store.js";
import { DEFAULT_PAGE, ENDED_STATUSES, MAX_PAGE, runScope } from "../../ports/run-store.js";
import { rankOf } from "../../ports/run-queue.js";
import { formatCursor } from "../../tables/run-cursor.js";
import { summarize } from "../../tables/run-summary.js";
import type { Database } from "./database.js";
import type { Lane } from "./lane.js";
import { listedAfter, listedKey } from "./listing.js";
import type { Watch } from "./watch.js";

/** In these somebody may claim it. */
const OPEN: ReadonlySet<RunStatus> = new Set<RunStatus>(["pending", "running", "rollingBack"]);

/** One answer does not grow without limit. */
const EVENTS_AT_ONCE = 20_000;
/** Of how many runs the summary is remembered, so that the next append need not read it. */
const MOST_REMEMBERED = 10_000;
/** Beyond that, reading the summary is cheaper than making it of all events. */
const MOST_SUMMARIZED = 1000;

interface RunRow {
  readonly version?: number;
  readonly token?: number;
  readonly lease?: { readonly token: number };
  readonly summary?: string;
}

interface AppendResult {
  readonly version?: number;
  readonly missing?: true;
  readonly stale?: number;
  readonly actual?: number;
}

export interface RunStoreOptions {
  readonly database: Database;
  /** Writes of one run always go the same way. */
  readonly laneOf: (id: string) => Lane;
  /** What is asked for at once is read at once. */
  readonly reads: Lane;
  readonly watch: Watch;
  readonly isReadOnly: boolean;
}

export function createRunStore({ database, laneOf, reads, watch, isReadOnly }: RunStoreOptions): RunStore {
  const summaries = new Map<RunId, RunSummary>();

  const remember = (summary: RunSummary) => {
    summaries.delete(summary.id);
    summaries.set(summary.id, summary);
    const [oldest] = summaries.keys();
    if (summaries.size > MOST_REMEMBERED && oldest !== undefined) summaries.delete(oldest);
  };
  const load = async (runId: RunId): Promise<StoredRun> => {
    const events = await readEvents(reads, runId);
    if (events.length === 0) throw new RunNotFoundError(runId);
    // Whoever reads a run mostly goes on to write to it.
    if (events.length <= MOST_SUMMARIZED) remember(summarize(undefined, events));
    return { version: events.length, events };
  };
  const assertWritable = () => {
    if (isReadOnly) throw new StoreReadOnlyError(database.location);
  };
  const submit = async (definition: RunDefinition) => {
    assertWritable();
    const { id, infra, notBefore } = definition;
    const event: RunEvent = { type: "runSubmitted", at: definition.createdAt, definition };
    const summary = summarize(undefined, [event]);
    const json = JSON.stringify(event);
    const result = (await laneOf(id).do(
      "submit",
      {
        id,
        event: json,
        rank: rankOf(definition),
        notBefore,
        infra,
        status: summary.status,
        listed: listedKey(summary),
        summary: JSON.stringify(summary),
      },
      json.length,
      { run: id, version: 1, count: 1, types: [event.type] },
    )) as { readonly known?: true };
    if (result.known === true) return knownVersion(definition, await load(id));
    remember(summary);
    watch.stored({ runId: id, version: 1, events: [event] });
    return 1;
  };
  const append: RunStore["append"] = async (runId, expected, events, token, then) => {
    assertWritable();
    const known = events.length === 0 ? undefined : summaries.get(runId);
    const summary = known?.version === expected ? known : await summaryAt(runId, expected, token);
    if (events.length === 0) return expected;
    const after = summarize(summary, events);
    const rows = events.map((event, index) => ({
      id: [runId, expected + 1 + index],
      json: JSON.stringify(event),
    }));
    const result = (await laneOf(runId).do(
      "append",
      {
        id: runId,
        expected,
        token,
        events: rows,
        version: after.version,
        status: after.status,
        summary: JSON.stringify(after),
        open: OPEN.has(after.status),
        releases: token !== undefined && then === "release",
      },
      rows.reduce((bytes, { json }) => bytes + json.length, 0),
      { run: runId, version: after.version, count: events.length, types: [...new Set(events.map(({ type }) => type))] },
    )) as AppendResult;
    if (result.missing === true) throw new RunNotFoundError(runId);
    if (result.stale !== undefined) throw new StaleTokenError(runScope(runId), token ?? 0, result.stale);
    if (result.actual !== undefined) throw new VersionConflictError(`Run ${runId}`, expected, result.actual);
    remember(after);
    watch.stored({ runId, version: after.version, events });
    return after.version;
  };
  /** What is stored of the run. Refuses what the database would refuse. */
  const summaryAt = async (runId: RunId, expected: number, token: number | undefined): Promise<RunSummary> => {
    const row = (await reads.do("row", { id: runId })) as RunRow;
    if (row.version === undefined) throw new RunNotFoundError(runId);
    if (token !== undefined && row.lease?.token !== token) throw new StaleTokenError(runScope(runId), token, row.token ?? 0);
    if (row.version !== expected) throw new VersionConflictError(`Run ${runId}`, expected, row.version);
    return JSON.parse(row.summary as string) as RunSummary;
  };
  const forget: RunStore["forget"] = async (runIds) => {
    assertWritable();
    const gone = await Promise.all(
      [...new Set(runIds)].map(async (id) => {
        const result = (await laneOf(id).do("forget", { id, statuses: ENDED_STATUSES })) as { readonly gone?: true };
        summaries.delete(id);
        return result.gone === true ? [id] : [];
      }),
    );
    return gone.flat();
  };
  return { submit, append, forget, load, list: (query = {}) => list(database, query), watch: watch.watch };
}

/** All that there are from `first` on, at most to `last`. */
export async function readEvents(
  reads: Lane,
  id: RunId,
  first = 1,
  last = Number.MAX_SAFE_INTEGER,
): Promise<readonly RunEvent[]> {
  const events: RunEvent[] = [];
  for (let from = first; from <= last; from += EVENTS_AT_ONCE) {
    const to = Math.min(last, from + EVENTS_AT_ONCE - 1);
    const rows = (await reads.do("read", { id, first: from, last: to })) as readonly string[];
    for (const json of rows) events.push(JSON.parse(json) as RunEvent);
    if (rows.length < EVENTS_AT_ONCE) break;
  }
  return events;
}

function knownVersion(definition: RunDefinition, { version, events }: StoredRun): number {
  const [first] = events;
  const isSame =
    first?.type === "runSubmitted" &&
    canonicalJson(first.definition as unknown as Json) === canonicalJson(definition as unknown as Json);
  if (!isSame) throw new RunExistsError(definition.id);
  return version;
}

export async function readVersion(database: Database, id: RunId): Promise<number> {
  const [version] = await database.ask("SELECT VALUE version FROM ONLY type::record('run', $id)", { id });
  return typeof version === "number" ? version : 0;
}

interface ListedRow {
  readonly listed: string;
  readonly summary: string;
}

/** Each status on its own, so that every question is answered by an index alone. */
async function list(database: Database, query: RunQuery): Promise<RunPage> {
  const limit = Math.min(Math.max(1, query.limit ?? DEFAULT_PAGE), MAX_PAGE);
  const behind = query.cursor === undefined ? "" : listedAfter(query.cursor);
  const statuses = query.status === undefined ? [undefined] : [...new Set(query.status)];
  if (statuses.length === 0) return { runs: [] };
  const statements = statuses.map((status, index) => {
    const where = [query.infra === undefined ? [] : "infra = $infra", status === undefined ? [] : `status = $status${index}`];
    return `SELECT listed, summary FROM run WHERE ${[...where.flat(), "listed > $behind"].join(" AND ")} ORDER BY listed LIMIT $limit`;
  });
  const bindings = Object.fromEntries(statuses.map((status, index) => [`status${index}`, status]));
  const answers = await database.ask(statements.join("; "), { ...bindings, infra: query.infra, behind, limit: limit + 1 });
  const rows = (answers as readonly (readonly ListedRow[])[]).flat().sort((a, b) => (a.listed < b.listed ? -1 : 1));
  const runs = rows.slice(0, limit).map(({ summary }) => JSON.parse(summary) as RunSummary);
  const last = runs.at(-1);
  return rows.length > limit && last !== undefined ? { runs, next: formatCursor(last) } : { runs };
}
