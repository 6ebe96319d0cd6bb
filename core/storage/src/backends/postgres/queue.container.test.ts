import postgres from "postgres";
import type { RunEvent } from "@provisioning/model";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runScope, type Storage } from "../../index.js";
import { type PostgresServer, sampleRun, startPostgres, whyNoPostgres } from "../../testing/index.js";
import { Database } from "./database.js";
import { targetOf } from "./options.js";
import { openPostgresStorage } from "./postgres-storage.js";
import { CLAIM } from "./queue.js";
import { FORMATS, prepareSchema } from "./schema.js";

const reason = await whyNoPostgres();
const POSTPONED = 50_000;
const HOUR_MS = 3_600_000;

describe.skipIf(reason !== undefined)(`The queue in PostgreSQL ${reason ?? ""}`, () => {
  let server: PostgresServer;
  let admin: postgres.Sql;
  const opened: Storage[] = [];
  beforeAll(async () => {
    server = await startPostgres();
    admin = postgres(server.url, { max: 1, onnotice: () => {} });
  });
  afterAll(async () => {
    for (const storage of opened) await storage.close();
    await admin.end();
    await server.remove();
  });
  const open = async (schema: string) => {
    const storage = await openPostgresStorage({ url: server.url, schema, mode: "write" });
    opened.push(storage);
    return storage;
  };
  const cancelled: RunEvent = { type: "cancelRequested", at: 1_700_000_000_000, by: "ada", reason: "no more", mode: "drain" };

  /** Copies of a run that waits, made by the database. */
  const postpone = (schema: string) =>
    admin.unsafe(`
      insert into ${schema}.runs (id, infra, created_at, rank, not_before, is_postponed, about, status, version, updated_at, completed, failed)
      select id || '-' || copy, infra, created_at, rank - copy, ${schema}.now_ms() + ${HOUR_MS} + copy, true, about, status, version,
        updated_at, completed, failed
      from ${schema}.runs, generate_series(1, ${POSTPONED}) as copy;
      insert into ${schema}.events select runs.id, events.number, events.event
      from ${schema}.events, ${schema}.runs where runs.id like events.run || '-%'`);

  test(`${POSTPONED} postponed runs are not in the way of those that are due, nor of asking when to come again`, async () => {
    const storage = await open("postponed");
    await storage.runs.submit(sampleRun());
    await postpone("postponed");
    const dueInMs = await storage.queue.dueInMs();
    expect(dueInMs).toBe(0);
    const [plan] = await admin.begin(async (sql) => {
      await sql.unsafe("set local search_path = postponed; set local enable_seqscan = off");
      const explain = `explain (analyze, buffers, format json) ${CLAIM}`;
      return sql.unsafe(explain, [2, "ada", 60_000, "some request", true], { prepare: true });
    });
    const [explained] = plan!["QUERY PLAN"] as readonly [{ readonly Plan: Record<string, number> }];
    expect(explained.Plan["Shared Hit Blocks"]! + explained.Plan["Shared Read Blocks"]!).toBeLessThan(200);
    expect(await storage.queue.claim("bob", 60_000)).toBeUndefined();
    expect(await storage.queue.dueInMs()).toBeGreaterThan(0);
  }, 60_000);

  test("all that come up in one moment are taken, in the order of their ranks where they are few", async () => {
    const storage = await open("ripe");
    await storage.runs.submit(sampleRun());
    await admin.unsafe(`update ripe.runs set rank = rank + 1000000`);
    await postpone("ripe");
    await admin.unsafe(`delete from ripe.runs where id like '%-_____'`);
    await admin.unsafe(`update ripe.runs set not_before = 1 where id like '%-_' or id like '%-__'`);
    const taken: string[] = [];
    for (let claim = await storage.queue.claim("ada", 60_000); claim; claim = await storage.queue.claim("ada", 60_000)) {
      taken.push(claim.runId.replace(/.*-/, ""));
    }
    expect(taken.slice(0, -1)).toEqual(Array.from({ length: 99 }, (_, index) => String(99 - index)));
    expect(taken).toHaveLength(100);
  }, 60_000);

  test("what was read along with a claim does not hide what was stored since then", async () => {
    const storage = await open("since");
    const other = await open("since");
    const { id } = sampleRun();
    await storage.runs.submit(sampleRun({ id }));
    const claim = storage.queue.claim("ada", 60_000);
    const appended = storage.runs.append(id, 1, [cancelled]);
    await Promise.all([claim, appended]);
    expect((await storage.runs.load(id)).version).toBe(2);
    await other.runs.append(id, 2, [cancelled]);
    expect((await storage.runs.load(id)).version).toBe(3);
  });

  test("tables that were made before runs were postponed go on with what is in them", async () => {
    const target = await targetOf({ url: server.url, schema: "old", mode: "write" });
    const database = new Database(postgres, target, { connections: 1, synchronousCommit: "on" });
    await prepareSchema(database, "old", FORMATS.slice(0, 1));
    await database.close();
    const runs = [sampleRun(), sampleRun({ notBefore: Date.now() + HOUR_MS }), sampleRun()] as const;
    const statuses = ["running", "pending", "completed"];
    for (const [index, definition] of runs.entries()) {
      const { id, infra, createdAt, notBefore = 0 } = definition;
      const event = { type: "runSubmitted", at: createdAt, definition } as never;
      await admin`
        insert into old.runs (id, infra, created_at, rank, not_before, about, status, version, updated_at, completed, failed)
        values (${id}, ${infra}, ${createdAt}, 0, ${notBefore}, '{}', ${statuses[index]!}, 1, ${createdAt}, 0, 0)`;
      await admin`insert into old.events values (${id}, 1, ${admin.json(event)})`;
    }
    const storage = await open("old");
    expect(await storage.queue.claim("ada", 2 * HOUR_MS)).toMatchObject({ runId: runs[0].id });
    expect(await storage.queue.claim("ada", 2 * HOUR_MS)).toBeUndefined();
    const dueInMs = await storage.queue.dueInMs();
    expect(dueInMs).toBeGreaterThan(HOUR_MS / 2);
    expect(dueInMs).toBeLessThanOrEqual(HOUR_MS);
    expect((await storage.runs.load(runs[1].id)).events).toHaveLength(1);
  });

  test("heartbeats at the same time each get their own answer", async () => {
    const storage = await open("heartbeats");
    const leases = await Promise.all(
      Array.from({ length: 40 }, async () => {
        const { id } = sampleRun();
        await storage.runs.submit(sampleRun({ id }));
        return storage.leases.acquire(runScope(id), "ada", 60_000);
      }),
    );
    await storage.leases.release(leases[7]!);
    const stolen = leases[9]!;
    await storage.leases.release(stolen);
    await storage.leases.acquire(stolen.scope, "bob", 60_000);
    const beats = await Promise.allSettled(leases.map((lease) => storage.leases.heartbeat(lease)));
    const refused = beats.flatMap(({ status }, index) => (status === "rejected" ? [index] : []));
    expect(refused).toEqual([7, 9]);
    expect(beats[9]).toMatchObject({ reason: { code: "TOKEN_STALE" } });
  });

  test("a claim that is lost in a crash of the database is granted anew under another token, and the first holder is refused", async () => {
    await admin.unsafe("alter system set wal_writer_delay = '10s'");
    await admin.unsafe("select pg_reload_conf()");
    const storage = await open("lost");
    const { id } = sampleRun();
    await storage.runs.submit(sampleRun({ id }));
    const first = await storage.queue.claim("ada", 600_000);
    await server.stop("crash");
    await server.start();
    const second = await storage.queue.claim("bob", 600_000);
    expect(second?.runId).toBe(first?.runId);
    expect(second!.lease.token).toBeGreaterThan(first!.lease.token);
    await expect(storage.runs.append(id, 1, [cancelled], first!.lease.token)).rejects.toMatchObject({
      code: "TOKEN_STALE",
    });
    expect(await storage.runs.append(id, 1, [cancelled], second!.lease.token)).toBe(2);
  }, 60_000);
});
