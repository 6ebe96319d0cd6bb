import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { infraName, serverAddress, serverName, taskservAddress, type TaskservName } from "@provisioning/model";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { openStorage, type Storage } from "../../index.js";
import { buildProgram, sampleResource, sampleRun, surrealPackages } from "../../testing/index.js";
import { startProcess } from "../../testing/processes.js";
import type { Database } from "./database.js";
import { openEmbeddedSurreal } from "./surrealdb-storage.js";

const { folder: packagesFolder, reason } = await surrealPackages();
const shop = infraName("shop");

describe.skipIf(reason !== undefined)(`the engine of SurrealDB in this process ${reason ?? ""}`, () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "provisioning-surreal-"));
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true }));
  const open = (): Promise<Storage> => openStorage({ type: "surrealdb-embedded", dataDir, mode: "write", packagesFolder });

  test("only one at a time has a folder open, and the others are told who", async () => {
    const storage = await open();
    await expect(open()).rejects.toMatchObject({ code: "STORE_BUSY", holder: { pid: process.pid } });
    await storage.close();
    await (await open()).close();
  });

  test("a folder that another process has open is refused, and free when that process is gone", async () => {
    const program = join(dataDir, "writer.mjs");
    await buildProgram(fileURLToPath(new URL("../../testing/shared-writer-program.ts", import.meta.url)), program);
    const STORAGE = JSON.stringify({ type: "surrealdb-embedded", dataDir, mode: "write", packagesFolder });
    const writer = startProcess(program, ["1"], { STORAGE });
    await writer.said((line) => line === "ready");
    await expect(open()).rejects.toMatchObject({ code: "STORE_BUSY", holder: { pid: writer.process.pid } });
    await writer.kill();
    const storage = await open();
    expect((await storage.info()).type).toBe("surrealdb-embedded");
    await storage.close();
  }, 30_000);

  test("a process that has closed it comes to its end", async () => {
    const program = join(dataDir, "visitor.mjs");
    await buildProgram(fileURLToPath(new URL("../../testing/visitor-program.ts", import.meta.url)), program);
    const STORAGE = JSON.stringify({ type: "surrealdb-embedded", dataDir, mode: "write", packagesFolder });
    for (let visit = 1; visit <= 2; visit += 1) {
      const visitor = startProcess(program, [], { STORAGE });
      await visitor.said((line) => line === `closed ${visit}`);
      await vi.waitFor(() => expect(visitor.process.exitCode).toBe(0), { timeout: 5000 });
    }
  }, 30_000);

  test("what a newer version wrote is refused", async () => {
    let database: Database | undefined;
    const storage = await openEmbeddedSurreal({ dataDir, mode: "write", packagesFolder }, async (given) => {
      database = given;
    });
    const definition = sampleRun();
    await storage.runs.submit(definition);
    await database?.ask("UPDATE meta:format SET format = 99");
    await storage.close();
    await expect(open()).rejects.toMatchObject({ code: "STORE_TOO_NEW", found: 99 });
  });

  test("is not used when it would not write to disk what it acknowledges", async () => {
    vi.stubEnv("SURREAL_DATASTORE_SYNC_DATA", "never");
    await expect(open()).rejects.toMatchObject({ code: "STORE_UNSAFE" });
    vi.unstubAllEnvs();
  });

  test("a package that is missing is named with the command that installs it", async () => {
    const missing = openStorage({ type: "surrealdb-embedded", dataDir, mode: "write", packagesFolder: dataDir });
    await expect(missing).rejects.toMatchObject({
      code: "STORE_PACKAGE_MISSING",
      hint: expect.stringContaining("npm install surrealdb@2.0.8 @surrealdb/node@3.0.3"),
    });
  });

  test("keeps what is hard to keep", async () => {
    const storage = await open();
    const input = {
      "": null,
      "quo\"te'`$p": ["\u0000", "\ud800", "💥", 1e300, -0.5, 2 ** 60, true],
      nested: { __proto__x: {} },
    };
    const definition = sampleRun({ name: "'; DELETE run; --", labels: { "a.b": "{{x}}" } });
    const run = { ...definition, operations: definition.operations.map((operation) => ({ ...operation, input })) };
    await storage.runs.submit(run);
    expect((await storage.runs.load(run.id)).events).toEqual([{ type: "runSubmitted", at: run.createdAt, definition: run }]);
    const many = sampleRun();
    await storage.runs.submit(many);
    const events = Array.from(
      { length: 45_000 },
      (_, index) => ({ type: "cancelRequested", at: index, by: "ada", reason: "", mode: "drain" }) as const,
    );
    for (let at = 0; at < events.length; at += 15_000) await storage.runs.append(many.id, at + 1, events.slice(at, at + 15_000));
    const stored = await storage.runs.load(many.id);
    expect(stored.version).toBe(45_001);
    expect(stored.events.slice(1)).toEqual(events);
    await storage.close();
  }, 60_000);

  test("resources hang together as a graph that can be asked", async () => {
    let database: Database | undefined;
    const storage = await openEmbeddedSurreal({ mode: "write", packagesFolder }, async (given) => {
      database = given;
    });
    const server = serverAddress(serverName("db-01"));
    const etcd = sampleResource("db-01", {
      address: taskservAddress(serverName("db-01"), "etcd" as TaskservName),
      kind: "taskserv",
      dependsOn: [server],
    });
    const ask = async (edges: string, address: string) => {
      const [found] =
        (await database?.ask(`SELECT VALUE ${edges}.address FROM ONLY resource:['shop', $address]`, { address })) ?? [];
      return found;
    };
    const { resources } = storage;
    await resources.write([
      { type: "put", record: etcd, expected: 0 },
      { type: "put", record: sampleResource("db-01"), expected: 0 },
    ]);
    expect(await ask("->depends_on->resource", etcd.address)).toEqual([server]);
    expect(await ask("<-runs_on<-resource", server)).toEqual([etcd.address]);
    await resources.remove(shop, server, 1);
    expect(await ask("->depends_on->resource", etcd.address)).toEqual([]);
    await resources.put(sampleResource("db-01"), 0);
    expect(await ask("<-depends_on<-resource", server)).toEqual([etcd.address]);
    await resources.put({ ...etcd, dependsOn: [] }, 1);
    expect(await ask("<-depends_on<-resource", server)).toEqual([]);
    expect(await ask("->runs_on->resource", etcd.address)).toEqual([server]);
    await storage.close();
  });
});
