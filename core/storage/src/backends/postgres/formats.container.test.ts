/** Databases of older formats are brought up to date, show all that they hold, and go on. */

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { contentOf } from "../../testing/fixture.js";
import { type PostgresServer, sampleRun, startPostgres, whyNoPostgres } from "../../testing/index.js";
import { openPostgresStorage } from "./postgres-storage.js";
import { FORMATS } from "./schema.js";

const FIXTURES = fileURLToPath(new URL("../../../fixtures/", import.meta.url));
const formats = (await readdir(FIXTURES)).flatMap((name) => /^postgres-(\d+)\.sql$/.exec(name)?.[1] ?? []);
const reason = await whyNoPostgres();

describe.skipIf(reason !== undefined)(`PostgreSQL of each released format ${reason ?? ""}`, () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.remove());

  test("there is one of every format", () => {
    expect(formats.map(Number).toSorted((left, right) => left - right)).toEqual(FORMATS.map((_, index) => index + 1));
  });

  test.each(formats)("format %s", async (format) => {
    const schema = `format_${format}`;
    const admin = postgres(server.url, { max: 1, onnotice: () => {} });
    const statements = await readFile(join(FIXTURES, `postgres-${format}.sql`), "utf8");
    await admin.unsafe(`create schema ${schema}; set search_path = ${schema}; ${statements}`);
    const expected: unknown = JSON.parse(await readFile(join(FIXTURES, `postgres-${format}.json`), "utf8"));
    const storage = await openPostgresStorage({ url: server.url, schema, mode: "write" });
    expect(await contentOf(storage)).toEqual(expected);
    const claimed = await storage.queue.claim("worker", 30_000);
    expect(claimed?.runId).toBe((await storage.runs.list({ status: ["pending", "running"], limit: 1000 })).runs.at(-1)?.id);
    const added = sampleRun();
    await storage.runs.submit(added);
    expect((await storage.runs.load(added.id)).version).toBe(1);
    await storage.close();
    expect(await admin.unsafe(`select number from ${schema}.format`)).toEqual([{ number: FORMATS.length }]);
    await admin.end();
  });
});
