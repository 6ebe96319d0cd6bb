/** New runs, many in one statement. */

import { canonicalJson, invariant, type Json, type RunDefinition, type RunEvent } from "@provisioning/model";
import { RunExistsError } from "../../errors.js";
import { rankOf } from "../../ports/run-queue.js";
import type { Version } from "../../ports/run-store.js";
import { summarize } from "../../tables/run-summary.js";
import type { Database } from "./database.js";
import { Gather, lines } from "./gather.js";
import { aboutOf } from "./rows.js";

const SUBMIT = `
  with asked as materialized (
    select * from unnest(
      string_to_array($1, chr(10)), string_to_array($2, chr(10)), string_to_array($3, chr(10))::bigint[],
      string_to_array($4, chr(10))::bigint[], string_to_array($5, chr(10), '')::bigint[],
      string_to_array($6, chr(10)), string_to_array($7, chr(10))
    ) as asked (id, infra, created_at, rank, not_before, about, event)
  ),
  fresh as (
    insert into runs (id, infra, created_at, rank, not_before, is_postponed, about, status, version, updated_at, completed, failed)
    select id, infra, created_at, rank, coalesce(not_before, 0), not_before is not null and not_before > now_ms(), about::json,
      'pending', 1, created_at, 0, 0
    from asked order by id
    on conflict (id) do nothing
    returning id
  ),
  stored as (
    insert into events (run, number, event) select id, 1, event::json from asked join fresh using (id)
  )
  select id from fresh`;

const KNOWN = `
  select runs.version, events.event from runs join events on events.run = runs.id and events.number = 1 where runs.id = $1`;

interface Submission {
  readonly definition: RunDefinition;
  readonly event: string;
  readonly about: string;
}

export interface Submitted {
  readonly version: Version;
  /** It was not there before. */
  readonly isNew: boolean;
}

/** Submits, again when an answer was lost: the same submission twice is one. @throws RunExistsError */
export function createSubmit(database: Database): (definition: RunDefinition, event: RunEvent) => Promise<Submitted> {
  const gather = new Gather<Submission, boolean>({
    perform: (submissions) => insert(database, submissions),
    keyOf: ({ definition }) => definition.id,
    bytesOf: ({ event }) => event.length,
  });
  return async (definition, event) => {
    invariant(!definition.id.includes("\n") && !definition.infra.includes("\n"), "ids and names have no line breaks");
    const about = JSON.stringify(aboutOf(summarize(undefined, [event])));
    const isNew = await gather.ask({ definition, event: JSON.stringify(event), about });
    return isNew ? { version: 1, isNew } : { version: await versionOfSame(database, definition), isNew };
  };
}

/** For each whether it was new. */
async function insert(database: Database, submissions: readonly Submission[]): Promise<readonly boolean[]> {
  const runs = submissions.map(({ definition }) => definition);
  const fresh = await database.ask<{ id: string }>(SUBMIT, [
    lines(runs.map(({ id }) => id)),
    lines(runs.map(({ infra }) => infra)),
    lines(runs.map(({ createdAt }) => createdAt)),
    lines(runs.map(rankOf)),
    lines(runs.map(({ notBefore }) => notBefore)),
    lines(submissions.map(({ about }) => about)),
    lines(submissions.map(({ event }) => event)),
  ]);
  const ids = new Set(fresh.map(({ id }) => id));
  return runs.map(({ id }) => ids.has(id));
}

async function versionOfSame(database: Database, definition: RunDefinition): Promise<Version> {
  const [known] = await database.ask<{ version: Version; event: RunEvent }>(KNOWN, [definition.id]);
  const { event } = known ?? {};
  const isSame = event?.type === "runSubmitted" && canonical(event.definition) === canonical(definition);
  if (known === undefined || !isSame) throw new RunExistsError(definition.id);
  return known.version;
}

function canonical(definition: RunDefinition): string {
  return canonicalJson(definition as unknown as Json);
}
