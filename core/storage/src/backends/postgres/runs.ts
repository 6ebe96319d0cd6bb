/** Runs and their events in the database. */

import type { RunEvent, RunId } from "@provisioning/model";
import { RunNotFoundError, StoreReadOnlyError } from "../../errors.js";
import { DEFAULT_PAGE, ENDED_STATUSES, MAX_PAGE, type RunPage, type RunQuery, type RunStore } from "../../ports/run-store.js";
import { formatCursor, parseCursor } from "../../tables/run-cursor.js";
import { createAppend } from "./append.js";
import type { Database, Parameter } from "./database.js";
import { Gather, lines } from "./gather.js";
import { RUN_COLUMNS, type RunRow, summaryOf } from "./rows.js";
import { createSubmit } from "./submit.js";
import type { Watch } from "./watch.js";

const LOAD = `
  select run, json_agg(event order by number) as events
  from events where run in (select unnest(string_to_array($1, chr(10)))) group by run`;

/** The rows are locked in the order of their ids, as everywhere; what somebody writes to meanwhile is looked at again after that. */
const FORGET = `
  with gone as materialized (
    select id from runs
    where id in (select unnest(string_to_array($1, chr(10)))) and status = any(string_to_array($2, chr(10)))
      and (lease_holder is null or lease_until <= now_ms())
    order by id for update
  ),
  forgotten as (delete from events where run in (select id from gone))
  delete from runs where id in (select id from gone) returning id`;

export interface RunStoreOptions {
  readonly database: Database;
  readonly watch: Watch;
  readonly isReadOnly: boolean;
}

export function createRunStore({ database, watch, isReadOnly }: RunStoreOptions): RunStore {
  const submit = createSubmit(database);
  const append = createAppend(database);
  const loads = new Gather<RunId, readonly RunEvent[] | undefined>({ perform: (ids) => load(database, ids) });
  const assertWritable = () => {
    if (isReadOnly) throw new StoreReadOnlyError(database.location);
  };
  return {
    async submit(definition) {
      assertWritable();
      const event: RunEvent = { type: "runSubmitted", at: definition.createdAt, definition };
      const { version, isNew } = await submit(definition, event);
      if (isNew) watch.stored({ runId: definition.id, version, events: [event] });
      return version;
    },
    async append(runId, expected, events, token, then) {
      assertWritable();
      const version = await append(runId, expected, events, token, then);
      if (events.length > 0) watch.stored({ runId, version, events });
      return version;
    },
    async load(runId) {
      const events = runId.includes("\n") ? undefined : await loads.ask(runId);
      if (events === undefined) throw new RunNotFoundError(runId);
      return { version: events.length, events };
    },
    async forget(runIds) {
      assertWritable();
      const ids = runIds.filter((id) => !id.includes("\n"));
      const gone = await database.ask<{ id: RunId }>(FORGET, [lines(ids), lines(ENDED_STATUSES)]);
      return gone.map(({ id }) => id);
    },
    list: (query = {}) => list(database, query),
    watch: watch.watch,
  };
}

async function load(database: Database, ids: readonly RunId[]): Promise<readonly (readonly RunEvent[] | undefined)[]> {
  const rows = await database.ask<{ run: RunId; events: readonly RunEvent[] }>(LOAD, [lines(new Set(ids))]);
  const ofRun = new Map(rows.map(({ run, events }) => [run, events]));
  return ids.map((id) => ofRun.get(id));
}

async function list(database: Database, query: RunQuery): Promise<RunPage> {
  const limit = Math.min(Math.max(1, query.limit ?? DEFAULT_PAGE), MAX_PAGE);
  const parameters: Parameter[] = [limit + 1];
  const conditions: string[] = [];
  const parameter = (value: Parameter) => `$${parameters.push(value)}`;
  if (query.infra !== undefined) conditions.push(`infra = ${parameter(query.infra)}`);
  if (query.status !== undefined) conditions.push(`status = any(string_to_array(${parameter(lines(query.status))}, chr(10)))`);
  if (query.cursor !== undefined) {
    const { createdAt, id } = parseCursor(query.cursor);
    conditions.push(`(created_at, id) < (${parameter(createdAt)}::bigint, ${parameter(id)}::text)`);
  }
  const where = conditions.length === 0 ? "" : `where ${conditions.join(" and ")}`;
  const statement = `select ${RUN_COLUMNS} from runs ${where} order by created_at desc, id desc limit $1`;
  const runs = (await database.ask<RunRow>(statement, parameters)).map(summaryOf);
  const page = runs.slice(0, limit);
  const last = page.at(-1);
  return runs.length > limit && last !== undefined ? { runs: page, next: formatCursor(last) } : { runs: page };
}
