import { setTimeout as sleep } from "node:timers/promises";
import type { OperationId, RunEvent } from "@provisioning/model";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { openStorage, runScope, type Storage } from "../../index.js";
import { sampleResource, sampleRun, startSurrealServer, type SurrealServer, surrealPackages } from "../../testing/index.js";
import type { AppendedEvents } from "../../ports/run-store.js";
import type { Database } from "./database.js";
import { openSurrealServer } from "./surrealdb-storage.js";

const { folder: packagesFolder, reason } = await surrealPackages();
const completed: RunEvent = { type: "operationCompleted", at: 1, operation: "one" as OperationId, attempt: 1, output: null };

describe.skipIf(reason !== undefined)(`a SurrealDB server far away ${reason ?? ""}`, () => {
  let server: SurrealServer;
  let opened = 0;
  beforeAll(async () => {
    server = await startSurrealServer(packagesFolder);
  });
  afterAll(() => server.remove());
  const open = (url = server.url("ws"), changes = {}): Promise<Storage> => {
    opened += 1;
    return openStorage({ type: "surrealdb-server", url, database: `far_${opened}`, mode: "write", packagesFolder, ...changes });
  };

  test("what was done before its answer was lost is not done again, and nobody is told of a conflict", async () => {
    const loser = await startSurrealServer(packagesFolder, { SERVER_LOSES: "5" });
    const storage = await open(loser.url("ws"));
    try {
      const { runs, queue, leases, resources } = storage;
      for (let round = 0; round < 15; round += 1) {
        const definition = sampleRun();
        expect(await runs.submit(definition)).toBe(1);
        const claimed = await queue.claim("ada", 60_000);
        expect(claimed?.runId).toBe(definition.id);
        const { token } = claimed!.lease;
        expect(await runs.append(definition.id, 1, [{ type: "runClaimed", at: 1, holder: "ada", token }], token)).toBe(2);
        expect(await runs.append(definition.id, 2, [completed], token)).toBe(3);
        await leases.heartbeat(claimed!.lease);
        expect(await runs.append(definition.id, 3, [{ type: "runEnded", at: 2, status: "completed" }], token)).toBe(4);
        await leases.release(claimed!.lease);
        expect(await resources.put(sampleResource("web-01"), round)).toBe(round + 1);
        expect((await runs.load(definition.id)).version).toBe(4);
      }
      const pair = ["a", "b"].map((name) => ({ type: "put", record: sampleResource(name), expected: 0 }) as const);
      await resources.write(pair);
      await resources.write(
        pair.map(({ record }) => ({ type: "remove", infra: record.infra, address: record.address, expected: 1 })),
      );
    } finally {
      await storage.close();
      await loser.remove();
    }
  }, 60_000);

  test("says who is refused, and never the password", async () => {
    const url = `ws://root:very-secret@127.0.0.1:${server.port}`;
    const refusal = open(url);
    await expect(refusal).rejects.toMatchObject({ code: "STORE_DENIED" });
    const error = (await refusal.catch((thrown: unknown) => thrown)) as Error;
    expect(
      JSON.stringify([error.message, error.stack, String(error.cause), (error as { details?: unknown }).details]),
    ).not.toContain("very-secret");
    await expect(open("ws://root:very-secret@[bad")).rejects.toThrow(/^((?!very-secret).)*$/s);
  });

  test("says when nobody answers, when patience is over", async () => {
    const refusal = open("ws://root:very-secret@127.0.0.1:1", { patienceMs: 200 });
    await expect(refusal).rejects.toMatchObject({ code: "STORE_FAILED" });
    await expect(refusal).rejects.toThrow(/^((?!very-secret).)*$/s);
  });

  test("takes the password from a variable", async () => {
    vi.stubEnv("SURREAL_TEST_PASSWORD", server.password);
    const storage = await open(`ws://127.0.0.1:${server.port}`, {
      user: server.user,
      password: { environment: "SURREAL_TEST_PASSWORD" },
    });
    expect(await storage.info()).toMatchObject({
      type: "surrealdb-server",
      location: expect.not.stringContaining(server.password),
    });
    await storage.close();
    vi.unstubAllEnvs();
  });

  test("refuses what a newer version wrote", async () => {
    const url = server.url("ws");
    const options = { url, database: "newer", mode: "write", packagesFolder } as const;
    let database: Database | undefined;
    const storage = await openSurrealServer(options, async (given) => {
      database = given;
    });
    await database?.ask("UPDATE meta:format SET format = 99");
    await storage.close();
    await expect(openSurrealServer(options)).rejects.toMatchObject({ code: "STORE_TOO_NEW", found: 99 });
  });

  test("goes on after the server was away, with its user and with its watchers", async () => {
    const database = "away";
    const options = { type: "surrealdb-server", url: server.url("ws"), database, mode: "write", packagesFolder } as const;
    const [first, second] = [await openStorage(options), await openStorage(options)];
    const definition = sampleRun();
    await first.runs.submit(definition);
    const heard: AppendedEvents[] = [];
    second.runs.watch((appended) => heard.push(appended), definition.id);
    await vi.waitFor(
      async () => {
        const { version } = await first.runs.load(definition.id);
        await first.runs.append(definition.id, version, [completed]);
        expect(heard.length).toBeGreaterThan(0);
      },
      { timeout: 10_000 },
    );
    await server.crash();
    const waiting = first.runs.load(definition.id);
    const written = first.leases.acquire(runScope(definition.id), "ada", 60_000);
    await sleep(200);
    await server.start();
    const { version } = await waiting;
    const { token } = await written;
    await first.runs.append(definition.id, version, [completed], token);
    await vi.waitFor(() => expect(heard.at(-1)?.version).toBe(version + 1), { timeout: 10_000 });
    const events = heard.flatMap((appended) => appended.events);
    expect(events.length).toBeGreaterThanOrEqual(2);
    expect(events).toEqual((await second.runs.load(definition.id)).events.slice(-events.length));
    await first.close();
    await second.close();
  }, 60_000);

  test("a server that does not answer for a while is asked again", async () => {
    const storage = await open(server.url("ws"), { answerWithinMs: 300 });
    const definition = sampleRun();
    process.kill(server.pid, "SIGSTOP");
    const submitted = storage.runs.submit(definition);
    await sleep(1000);
    process.kill(server.pid, "SIGCONT");
    expect(await submitted).toBe(1);
    expect((await storage.runs.load(definition.id)).version).toBe(1);
    expect((await storage.runs.list()).runs).toHaveLength(1);
    await storage.close();
  }, 60_000);

  test("is opened for reading only", async () => {
    const options = { type: "surrealdb-server", url: server.url("ws"), database: "reading", packagesFolder } as const;
    const writer = await openStorage({ ...options, mode: "write" });
    const reader = await openStorage({ ...options, mode: "read" });
    const definition = sampleRun();
    await writer.runs.submit(definition);
    expect((await reader.runs.load(definition.id)).version).toBe(1);
    for (const refused of [reader.runs.submit(sampleRun()), reader.queue.claim("ada", 1000), reader.resources.write([])]) {
      await expect(refused).rejects.toMatchObject({ code: "STORE_READ_ONLY" });
    }
    await writer.close();
    await reader.close();
  });
});
