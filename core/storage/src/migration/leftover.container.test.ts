/** What an interrupted migration left in a database of its own does not make tokens go back. */

import { setTimeout as sleep } from "node:timers/promises";
import { systemClock } from "@provisioning/model";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { migrate, openMemoryStorage, openStorage, runScope } from "../index.js";
import { type PostgresServer, sampleRun, startPostgres, whyNoPostgres } from "../testing/index.js";

const reason = await whyNoPostgres();

describe.skipIf(reason !== undefined)(`a migration into PostgreSQL that is begun again ${reason ?? ""}`, () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.remove());

  test("grants greater tokens than those that the source granted meanwhile", async () => {
    const source = openMemoryStorage({ clock: systemClock });
    const target = await openStorage({ type: "postgres", url: server.url, mode: "write" });
    const definition = sampleRun();
    await source.runs.submit(definition);
    const scope = runScope(definition.id);
    const first = await source.leases.acquire(scope, "ada", 200);
    await migrate(source, target);
    await sleep(400);
    const second = await source.leases.acquire(scope, "bob", 60_000);
    expect(second.token).toBeGreaterThan(first.token);
    await source.runs.append(definition.id, 1, [{ type: "runClaimed", at: 1, holder: "bob", token: second.token }]);
    await source.leases.release(second);
    expect(second.token).toBe(first.token + 1);
    await migrate(source, target);
    expect((await target.leases.acquire(scope, "eve", 1000)).token).toBeGreaterThan(second.token);
    await target.close();
  });
});
