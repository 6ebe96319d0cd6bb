/**
 * `npm run fixture:postgres -- --format N`: writes what a PostgreSQL database of that format holds to `core/storage/fixtures/postgres-N.sql`, with its
 * content; on built files. One that is there stays as it is: later programs must be able to open it.
 */

import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { FORMATS } from "../dist/backends/postgres/schema.js";
import { startPostgres } from "../dist/testing/index.js";
import { makePostgresFixture } from "../dist/testing/postgres-fixture.js";

const { values } = parseArgs({ options: { format: { type: "string", default: String(FORMATS.length) } } });
const path = fileURLToPath(new URL(`../fixtures/postgres-${values.format}`, import.meta.url));
if (existsSync(`${path}.sql`)) {
  console.log(`${path}.sql is there already.`);
} else {
  const server = await startPostgres();
  try {
    const { statements, content } = await makePostgresFixture(server, Number(values.format));
    await writeFile(`${path}.sql`, statements);
    await writeFile(`${path}.json`, `${JSON.stringify(content)}\n`);
    console.log(`${path}.sql`);
  } finally {
    await server.remove();
  }
}
