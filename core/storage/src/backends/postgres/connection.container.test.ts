import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import type { RunEvent, RunId } from "@provisioning/model";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type AppendedEvents, type LeaseScope, openStorage, runScope, type Storage } from "../../index.js";
import { type PostgresServer, sampleRun, startPostgres, whyNoPostgres } from "../../testing/index.js";
import { Database } from "./database.js";
import { targetOf } from "./options.js";
import { openPostgresStorage } from "./postgres-storage.js";
import { FORMATS, prepareSchema } from "./schema.js";

const reason = await whyNoPostgres();
/** What nobody holds: asking for it is how the service sees whether the database answers. */
const HEALTH = "health/probe" as LeaseScope;
const WAIT = { timeout: 20_000, interval: 20 };

describe.skipIf(reason !== undefined)(`PostgreSQL, its connections and its tables ${reason ?? ""}`, () => {
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

  const open = async (schema: string, tuning: Parameters<typeof openPostgresStorage>[1] = {}) => {
    const storage = await openPostgresStorage({ url: server.url, schema, mode: "write" }, tuning);
    opened.push(storage);
    return storage;
  };
  const cutConnections = () =>
    admin`select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and backend_type = 'client backend'`;
  const event = (number: number): RunEvent => ({
    type: "cancelRequested",
    at: 1_700_000_000_000 + number,
    by: "ada",
    reason: `number ${number}`,
    mode: "drain",
  });
  /** Appends one event after the other, each under the token; whatever goes wrong is thrown. */
  const writeChain = async ({ runs, leases }: Storage, id: RunId, length: number) => {
    await runs.submit(sampleRun({ id }));
    const { token } = await leases.acquire(runScope(id), "writer", 60_000);
    for (let version = 1; version < length; version += 1) {
      expect(await runs.append(id, version, [event(version)], token)).toBe(version + 1);
    }
  };

  test("connections that are cut all the time: every write is done once, and nobody is told of an error", async () => {
    const storage = await open("cut");
    const ids = Array.from({ length: 12 }, () => sampleRun().id);
    let isOver = false;
    let cuts = 0;
    const cutting = (async () => {
      while (!isOver) {
        await sleep(Math.random() * 60);
        await cutConnections();
        cuts += 1;
      }
    })();
    await Promise.all(ids.map((id) => writeChain(storage, id, 60)));
    isOver = true;
    await cutting;
    expect(cuts).toBeGreaterThan(2);
    for (const id of ids) {
      const { events } = await storage.runs.load(id);
      expect(events.slice(1)).toEqual(Array.from({ length: 59 }, (_, index) => event(index + 1)));
    }
  }, 120_000);

  test("a lease or a run whose answer was lost is not lost itself", async () => {
    const storage = await open("lost");
    const submitted = new Set<RunId>();
    for (let index = 0; index < 40; index += 1) {
      const { id } = sampleRun();
      await storage.runs.submit(sampleRun({ id }));
      submitted.add(id);
    }
    const claimed = new Set<RunId>();
    while (claimed.size < submitted.size) {
      const [claim] = await Promise.all([storage.queue.claim("ada", 600_000), sleep(Math.random() * 3).then(cutConnections)]);
      expect(claim).toBeDefined();
      expect(claimed.has(claim!.runId)).toBe(false);
      claimed.add(claim!.runId);
      await storage.leases.heartbeat(claim!.lease);
    }
    for (let index = 0; index < 20; index += 1) {
      const scope = runScope([...submitted][index] as RunId);
      const lease = await storage.leases.current(scope);
      await Promise.all([storage.leases.release(lease!), cutConnections()]);
      await Promise.all([storage.leases.acquire(scope, "bob", 1000), sleep(Math.random() * 3).then(cutConnections)]);
    }
  }, 120_000);

  test("watchers hear what was stored while the connection was gone", async () => {
    const storage = await open("heard");
    const other = await open("heard");
    const { id } = sampleRun();
    await storage.runs.submit(sampleRun({ id }));
    const heard: AppendedEvents[] = [];
    storage.runs.watch((appended) => heard.push(appended), id);
    await storage.runs.append(id, 1, [event(1)]);
    for (let version = 2; version < 8; version += 1) {
      await cutConnections();
      await other.runs.append(id, version, [event(version)]);
    }
    await vi.waitFor(() => expect(heard.at(-1)?.version).toBe(8), WAIT);
    expect(heard.flatMap(({ events }) => events)).toEqual([1, 2, 3, 4, 5, 6, 7].map(event));
  }, 60_000);

  test("a heartbeat hears what no notification told", async () => {
    const storage = await open("unheard");
    const { id } = sampleRun();
    await storage.runs.submit(sampleRun({ id }));
    const heard: AppendedEvents[] = [];
    storage.runs.watch((appended) => heard.push(appended), id);
    const lease = await storage.leases.acquire(runScope(id), "worker", 60_000);
    await storage.runs.append(id, 1, [event(1)], lease.token);
    await admin.begin(async (sql) => {
      await sql`insert into unheard.events values (${id}, 3, ${sql.json(event(2) as never)})`;
      await sql`update unheard.runs set version = 3 where id = ${id}`;
    });
    await storage.leases.heartbeat(lease);
    await vi.waitFor(() => expect(heard.at(-1)?.version).toBe(3), WAIT);
  });

  test("a database that stays away is a failure that names it without the password, and its return is noticed", async () => {
    const storage = await open("away", { patienceMs: 300 });
    const { id } = sampleRun();
    await storage.runs.submit(sampleRun({ id }));
    await server.stop("orderly");
    const failures = await Promise.allSettled([
      storage.runs.append(id, 1, [event(1)]),
      storage.runs.load(id),
      storage.queue.claim("ada", 1000),
      storage.leases.acquire(runScope(id), "ada", 1000),
      storage.leases.current(HEALTH),
      openPostgresStorage({ url: server.url, schema: "away", mode: "write" }, { patienceMs: 300 }),
    ]);
    for (const failure of failures) {
      expect(failure).toMatchObject({ status: "rejected", reason: { code: "STORE_FAILED", retry: "later" } });
      const { reason: error } = failure as PromiseRejectedResult;
      expect(String(error)).toContain(`127.0.0.1:${server.port}`);
      expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(server.password);
    }
    await server.start();
    expect(await storage.runs.append(id, 1, [event(1)])).toBe(2);
  }, 60_000);

  test("a database that says nothing any more counts as gone", async () => {
    const storage = await open("silent", { patienceMs: 300, answerWithinMs: 500 });
    const { id } = sampleRun();
    await storage.runs.submit(sampleRun({ id }));
    const backends = await admin<{ pid: number }[]>`select pid from pg_stat_activity where backend_type = 'client backend'`;
    const pids = [server.pid, ...backends.map(({ pid }) => pid)];
    for (const pid of pids) process.kill(pid, "SIGSTOP");
    const failure = storage.runs.append(id, 1, [event(1)]);
    await expect(storage.leases.current(HEALTH)).rejects.toMatchObject({ code: "STORE_FAILED" });
    await expect(failure).rejects.toMatchObject({ code: "STORE_FAILED" });
    for (const pid of pids) process.kill(pid, "SIGCONT");
    // Whether the frozen server did it after all is found out by looking.
    const { version } = await storage.runs.load(id);
    await storage.runs.append(id, version, [event(2)]);
  }, 60_000);

  test("a wrong password is a failure that does not repeat it", async () => {
    const url = server.url.replace(server.password, "wrong-secret");
    const refusal = openStorage({ type: "postgres", url, mode: "write" });
    await expect(refusal).rejects.toMatchObject({ code: "STORE_FAILED" });
    await expect(refusal).rejects.not.toThrow(/wrong-secret/);
  });

  test("a database with another encoding is refused, with how to make one that can be used", async () => {
    await admin`create database ascii encoding 'SQL_ASCII' template template0 lc_collate 'C' lc_ctype 'C'`;
    const opening = openStorage({ type: "postgres", url: server.url.replace(/[^/]*$/, "ascii"), mode: "write" });
    await expect(opening).rejects.toMatchObject({
      code: "STORE_FAILED",
      message: expect.stringContaining("SQL_ASCII") as string,
      hint: expect.stringContaining("create database NAME encoding 'UTF8'") as string,
    });
  });

  test("opens by parts, with the password in a file or a variable", async () => {
    const { host, port, user, passwordFile: file, password } = server;
    const parts = { type: "postgres", host, port, user, database: "postgres", schema: "parts", mode: "write" } as const;
    const byFile = await openStorage({ ...parts, password: { file } });
    expect(await byFile.info()).toMatchObject({
      type: "postgres",
      location: `postgres://ada@127.0.0.1:${port}/postgres, schema parts`,
    });
    await byFile.close();
    vi.stubEnv("TEST_DATABASE_PASSWORD", password);
    await (await openStorage({ ...parts, password: { environment: "TEST_DATABASE_PASSWORD" } })).close();
    vi.unstubAllEnvs();
  });

  test("what is opened for reading writes nothing", async () => {
    await open("reading");
    const reader = await openPostgresStorage({ url: server.url, schema: "reading", mode: "read" });
    opened.push(reader);
    expect(await reader.runs.list()).toEqual({ runs: [] });
    const writes = [
      reader.runs.submit(sampleRun()),
      reader.queue.claim("ada", 1000),
      reader.leases.acquire(runScope(sampleRun().id), "ada", 1000),
      reader.resources.write([]),
    ];
    for (const result of await Promise.allSettled(writes)) {
      expect(result).toMatchObject({ status: "rejected", reason: { code: "STORE_READ_ONLY" } });
    }
  });

  test("stores what nobody expects in a text: characters of all kinds, and one that cannot be does not stop the others", async () => {
    const storage = await open("texts");
    const strange = 'zero \u0000, half \ud800, "quotes", \\ back, new\nline, \u2028, 🎈, \x7f';
    const definition = sampleRun({ name: strange, labels: { [strange]: strange } });
    await storage.runs.submit(definition);
    expect((await storage.runs.load(definition.id)).events).toEqual([
      { type: "runSubmitted", at: definition.createdAt, definition },
    ]);
    expect((await storage.runs.list()).runs[0]).toMatchObject({ name: strange, labels: { [strange]: strange } });
    const impossible = sampleRun({ createdAt: 1e300 });
    const good = sampleRun();
    const results = await Promise.allSettled([storage.runs.submit(impossible), storage.runs.submit(good)]);
    expect(results.map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
    await expect(storage.runs.load("no\nsuch" as RunId)).rejects.toMatchObject({ code: "RUN_NOT_FOUND" });
  });

  test("several who open a new database at once make its tables once", async () => {
    await Promise.all(Array.from({ length: 6 }, () => open("together")));
    expect(await admin`select number from together.format`).toEqual([{ number: FORMATS.length }]);
  });

  test("tables of a newer version are refused and left alone; older ones are brought up to date, whole or not at all", async () => {
    const storage = await open("versions");
    await storage.runs.submit(sampleRun());
    const target = await targetOf({ url: server.url, schema: "versions", mode: "write" });
    const database = new Database(postgres, target, { connections: 1, synchronousCommit: "on", patienceMs: 300 });
    const wrong = [...FORMATS, "create table added (id integer)", "create table runs (id integer)"];
    await expect(prepareSchema(database, "versions", wrong)).rejects.toMatchObject({ code: "STORE_FAILED" });
    expect(await admin`select to_regclass('versions.added') as added`).toEqual([{ added: null }]);
    await prepareSchema(database, "versions", [...FORMATS, "create table added (id integer)"]);
    expect(await admin`select number from versions.format`).toEqual([{ number: FORMATS.length + 1 }]);
    await database.close();
    await expect(openPostgresStorage({ url: server.url, schema: "versions", mode: "write" })).rejects.toMatchObject({
      code: "STORE_TOO_NEW",
      found: FORMATS.length + 1,
      supported: FORMATS.length,
    });
  });
});
