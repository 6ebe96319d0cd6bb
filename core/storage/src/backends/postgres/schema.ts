/**
 * The tables, and how they came to be. `format` says by which version of this file they were made: a newer one is refused, an older one
 * is brought up to date in one transaction. Of several processes that open a new database at once, one makes the tables.
 */

import { StoreTooNewError } from "../../errors.js";
import { codeOf } from "./errors.js";
import type { Database } from "./database.js";

/**
 * The whole schema: each entry leads from the format of its place (0: nothing is there) to the next one. An entry never changes after it
 * was released.
 *
 * A run and its lease are one row, so that locking the row decides both. Its events are rows of their own, numbered from 1. The fixed part
 * of what a list shows is in `about`. JSON is kept as it was written (`json`, not `jsonb`, which refuses some characters of outputs).
 * Times are milliseconds since the epoch, by the clock of the database.
 */
export const FORMATS: readonly string[] = [
  `
  create function now_ms() returns bigint language sql volatile
    as 'select floor(extract(epoch from clock_timestamp()) * 1000)::bigint';

  create table runs (
    id text collate "C" primary key,
    infra text collate "C" not null,
    created_at bigint not null,
    rank bigint not null,
    not_before bigint not null,
    about json not null,
    status text collate "C" not null,
    version integer not null,
    updated_at bigint not null,
    completed integer not null,
    failed integer not null,
    lease_holder text,
    lease_token bigint not null default 0,
    lease_since bigint not null default 0,
    lease_ttl bigint not null default 0,
    lease_until bigint not null default 0,
    lease_request text
  ) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);
  comment on column runs.lease_holder is 'null: nobody, it was given back';
  comment on column runs.lease_token is 'the newest that was granted; stays when the lease is given back';
  comment on column runs.lease_request is 'made by who asked, so that a lost answer can be had again';
  create index runs_by_time on runs (created_at, id);
  create index runs_waiting on runs (rank, id) where status in ('pending', 'running', 'rollingBack');

  create table events (
    run text collate "C" not null,
    number integer not null,
    event json not null,
    primary key (run, number)
  );

  create table leases (
    scope text collate "C" primary key,
    lease_holder text,
    lease_token bigint not null default 0,
    lease_since bigint not null default 0,
    lease_ttl bigint not null default 0,
    lease_until bigint not null default 0,
    lease_request text
  );

  create table resources (
    infra text collate "C" not null,
    address text collate "C" not null,
    version integer not null,
    record json not null,
    primary key (infra, address)
  );

  create table format (number integer not null);
  insert into format values (1);
  `,
  // An index on the status would make the database write to every index of the run each time the status changes: whether a run waits at all
  // changes once. Runs that are postponed stand aside, so that takers need not pass them.
  `
  alter table runs
    add column is_open boolean not null generated always as (status in ('pending', 'running', 'rollingBack')) stored,
    add column is_postponed boolean not null default false;
  comment on column runs.is_postponed is 'not before its time; set back by the first who looks after that';
  update runs set is_postponed = true where not_before > now_ms();
  drop index runs_waiting;
  create index runs_queued on runs (rank, id) where is_open and not is_postponed;
  create index runs_postponed on runs (not_before) where is_open and is_postponed;
  `,
];

/** @throws StoreTooNewError, and what the database says */
export async function prepareSchema(database: Database, schema: string, formats: readonly string[] = FORMATS): Promise<void> {
  await database.persist(async () => {
    const found = await findFormat((statement) => database.once(statement, []));
    if (found === formats.length) return;
    assertNotNewer(database, found, formats.length);
    await database.transaction(async (ask) => {
      await ask(`select pg_advisory_xact_lock(hashtextextended('provisioning ${schema}', 0))`);
      const now = await findFormatLocked(ask, schema);
      assertNotNewer(database, now, formats.length);
      if (now === 0) await createSchema(ask, schema);
      for (const format of formats.slice(now)) await ask(format);
      if (now < formats.length) await ask(`update format set number = ${formats.length}`);
    });
  });
}

type Ask = (statement: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;

async function findFormat(ask: Ask): Promise<number> {
  try {
    const [row] = await ask("select number from format");
    return Number(row?.["number"] ?? 0);
  } catch (error) {
    if (codeOf(error) === UNDEFINED_TABLE) return 0;
    throw error;
  }
}

const UNDEFINED_TABLE = "42P01";

/** Within a transaction an error would end it, so it is asked whether there is such a table first. */
async function findFormatLocked(ask: Ask, schema: string): Promise<number> {
  const [table] = await ask(`select 1 as found from pg_tables where schemaname = '${schema}' and tablename = 'format'`);
  return table === undefined ? 0 : findFormat(ask);
}

/** Who may use a schema that somebody else made need not be allowed to make one. */
async function createSchema(ask: Ask, schema: string): Promise<void> {
  const [there] = await ask(`select 1 as found from pg_namespace where nspname = '${schema}'`);
  if (there === undefined) await ask(`create schema ${schema}`);
}

function assertNotNewer(database: Database, found: number, supported: number): void {
  if (found > supported) throw new StoreTooNewError(database.location, found, supported);
}
