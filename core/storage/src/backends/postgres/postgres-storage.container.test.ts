import { afterAll, beforeAll, describe } from "vitest";
import { createPostgresPlace } from "../../testing/postgres-place.js";
import { type PostgresServer, startPostgres, whyNoPostgres } from "../../testing/postgres-server.js";
import { storageContract } from "../../testing/index.js";

const reason = await whyNoPostgres();

describe.skipIf(reason !== undefined)(`PostgreSQL ${reason ?? ""}`, () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.remove());

  storageContract({ name: "postgres", survivesReopen: true, isShared: true, createPlace: () => createPostgresPlace(server) });
});
