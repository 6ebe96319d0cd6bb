/** A schema of its own in a test server for each test, in which time is what the test's clock shows. */

import postgres from "postgres";
import { openPostgresStorage } from "../backends/postgres/postgres-storage.js";
import type { PostgresServer } from "./postgres-server.js";
import type { StoragePlace } from "./storage-contract.js";
import { withTimeOf } from "./store-time.js";

let made = 0;

export async function createPostgresPlace(server: PostgresServer): Promise<StoragePlace> {
  made += 1;
  const schema = `test_${process.pid}_${made}`;
  const admin = postgres(server.url, { max: 1, onnotice: () => {} });
  return {
    async open(clock) {
      const storage = await openPostgresStorage({ url: server.url, schema, mode: "write" });
      await admin.unsafe(`
        create table if not exists ${schema}.test_time (at bigint);
        create or replace function ${schema}.now_ms() returns bigint language sql volatile as 'select at from ${schema}.test_time';
        delete from ${schema}.test_time;
        insert into ${schema}.test_time values (${clock.now()});`);
      return withTimeOf(clock, storage, async (now) => {
        await admin.unsafe(`update ${schema}.test_time set at = ${now}`);
      });
    },
    async remove() {
      await admin.unsafe(`drop schema ${schema} cascade`);
      await admin.end();
    },
  };
}
