/** Health over PostgreSQL: what it says rests on the database itself. */

import { type PostgresServer, startPostgres, whyNoPostgres } from "@provisioning/storage/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ServedWorkspace, serveWorkspace } from "../testing/served-workspace.js";

const reason = await whyNoPostgres();

describe.skipIf(reason !== undefined)("health over PostgreSQL", () => {
  let server: PostgresServer;
  let service: ServedWorkspace;
  beforeAll(async () => {
    server = await startPostgres();
    service = await serveWorkspace({
      environment: { DATABASE_URL: server.url },
      flags: { "storage.type": "postgres", "storage.postgres.url": "env://DATABASE_URL" },
    });
  }, 60_000);
  afterAll(async () => {
    await server.start().catch(() => {});
    await service.close();
    await server.remove();
  });

  const health = async () => {
    const began = performance.now();
    const answer = await service.ask("/health", { token: null });
    return { status: answer.status, ...answer.json(), isQuick: performance.now() - began < 1_000 };
  };

  it("is failing while the database is away, and well when it is back, without waiting for it", async () => {
    await expect.poll(health).toMatchObject({ status: "ok" });
    await server.stop("orderly");
    await expect.poll(health, { timeout: 30_000 }).toMatchObject({ status: "failing", reason: "STORE_SILENT", isQuick: true });
    expect((await service.ask("/health")).status).toBe(503);
    await server.start();
    await expect.poll(health, { timeout: 30_000 }).toMatchObject({ status: "ok", isQuick: true });
    expect((await service.ask("/health")).status).toBe(200);
  }, 90_000);
});
