/**
 * Tables, indexes and functions. They are made when the database is opened for the first time, before anything is written: writing to a
 * table that is not defined defines it, and two who do that at once get into each other's way.
 */

import { StoreTooNewError } from "../../errors.js";
import type { Database } from "./database.js";
import { DeniedError } from "./errors.js";
import { DEFINE_NOW, FUNCTIONS } from "./functions.js";

export const FORMAT = 1;

const TABLES = ["meta", "run", "run_event", "waiting", "due", "lease", "resource", "edge", "session"];

/**
 * `listed` sorts runs newest first. An index for each way to ask, because a limit is only kept while scanning an index when nothing is left
 * to be filtered afterwards.
 */
const DEFINITIONS = [
  ...TABLES.map((name) => `DEFINE TABLE IF NOT EXISTS ${name} TYPE NORMAL SCHEMALESS PERMISSIONS NONE`),
  "DEFINE TABLE IF NOT EXISTS depends_on TYPE RELATION IN resource OUT resource SCHEMALESS PERMISSIONS NONE",
  "DEFINE TABLE IF NOT EXISTS runs_on TYPE RELATION IN resource OUT resource SCHEMALESS PERMISSIONS NONE",
  "DEFINE INDEX IF NOT EXISTS run_listed ON run FIELDS listed",
  "DEFINE INDEX IF NOT EXISTS run_infra ON run FIELDS infra, listed",
  "DEFINE INDEX IF NOT EXISTS run_status ON run FIELDS status, listed",
  "DEFINE INDEX IF NOT EXISTS run_infra_status ON run FIELDS infra, status, listed",
  DEFINE_NOW,
];

interface DatabaseInfo {
  readonly tables?: Readonly<Record<string, unknown>>;
  readonly functions?: Readonly<Record<string, unknown>>;
}

/** @throws StoreTooNewError when it was written by a newer version; nothing was written then */
export async function prepareSchema(database: Database, namespace: string, name: string): Promise<void> {
  await makeDatabase(database, namespace, name);
  const [info] = (await database.ask("INFO FOR DB")) as [DatabaseInfo];
  const format = info.tables?.["meta"] === undefined ? undefined : await readFormat(database);
  if (format !== undefined && format > FORMAT) throw new StoreTooNewError(database.location, format, FORMAT);
  const known = info.functions ?? {};
  const missing = FUNCTIONS.filter(({ name: full }) => known[full.replace("fn::", "")] === undefined);
  const statements = [
    ...(format === undefined ? DEFINITIONS : []),
    ...missing.map(({ definition }) => definition),
    ...(format === undefined ? ["UPSERT meta:format SET format = $format"] : []),
  ];
  if (statements.length > 0) await database.ask(`BEGIN; ${statements.join("; ")}; COMMIT`, { format: FORMAT });
}

/** What processes left that were killed. Whoever was silent for so long gets no answer any more either. */
export async function forgetSessions(database: Database): Promise<void> {
  await database.ask("DELETE session WHERE at < time::now() - 1d RETURN NONE");
}

/** A user of a namespace or a database may not do this, and need not: theirs are there. */
async function makeDatabase(database: Database, namespace: string, name: string): Promise<void> {
  const make = `DEFINE NAMESPACE IF NOT EXISTS ${namespace}; USE NS ${namespace}; DEFINE DATABASE IF NOT EXISTS ${name}`;
  await database.repeat(async () => {
    try {
      await database.once(make);
    } catch (error) {
      if (!(error instanceof DeniedError)) throw error;
    }
  });
}

async function readFormat(database: Database): Promise<number | undefined> {
  const [format] = await database.ask("SELECT VALUE format FROM ONLY meta:format");
  return typeof format === "number" ? format : undefined;
}
