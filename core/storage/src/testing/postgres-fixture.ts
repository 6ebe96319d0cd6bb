/** A PostgreSQL database of an older format as text: the tables as they were then, with rows that say what the stores of all fixtures say. */

import postgres from "postgres";
import { openPostgresStorage } from "../backends/postgres/postgres-storage.js";
import { FORMATS } from "../backends/postgres/schema.js";
import { contentOf, fillFixture } from "./fixture.js";
import type { PostgresServer } from "./postgres-server.js";

const TABLES = ["runs", "events", "leases", "resources"];

export interface PostgresFixture {
  /** Statements for an empty schema that is the search path. */
  readonly statements: string;
  readonly content: unknown;
}

/** What the program of today stores, in the columns that the format had. */
export async function makePostgresFixture(server: PostgresServer, format: number): Promise<PostgresFixture> {
  const admin = postgres(server.url, { max: 1, onnotice: () => {} });
  const tables = FORMATS.slice(0, format).join("");
  try {
    await admin.unsafe(`create schema old; set search_path = old; ${tables}`);
    const storage = await openPostgresStorage({ url: server.url, schema: "today", mode: "write" });
    await fillFixture(storage);
    const content = await contentOf(storage);
    await storage.close();
    const rows: string[] = [];
    for (const table of TABLES) rows.push(...(await insertsOf(admin, table)));
    return { statements: `${tables}\n${rows.join("\n")}\nupdate format set number = ${format};\n`, content };
  } finally {
    await admin.end();
  }
}

/** JSON goes through text, so that it stays as it was written. */
async function insertsOf(admin: postgres.Sql, table: string): Promise<readonly string[]> {
  const columns = await admin<{ name: string }[]>`
    select column_name as name from information_schema.columns
    where table_schema = 'old' and table_name = ${table} and is_generated = 'NEVER' order by ordinal_position`;
  const names = columns.map(({ name }) => name);
  const quoted = names.map((name) => `quote_nullable(${name}::text)`).join(" || ', ' || ");
  const found = await admin.unsafe<{ row: string }[]>(`select ${quoted} as row from today.${table} order by 1`);
  return found.map(({ row }) => `insert into ${table} (${names.join(", ")}) values (${row});`);
}
