import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openStorage, type StorageOptions } from "../../index.js";
import { startProcess, type TestProcess } from "../../testing/processes.js";
import { findDamage } from "../../testing/whole-store.js";
import { buildProgram, type PostgresServer, seededRandom, startPostgres, testSeed, whyNoPostgres } from "../../testing/index.js";

const reason = await whyNoPostgres();
/** `KILLS=2000` for a thorough look. */
const KILLS = Number(process.env["KILLS"] ?? 50);
const SERVER_KILLS = Math.max(3, Math.ceil(KILLS / 10));

describe.skipIf(reason !== undefined)(`PostgreSQL and crashes ${reason ?? ""}`, () => {
  let server: PostgresServer;
  let folder: string;
  let program: string;
  beforeAll(async () => {
    server = await startPostgres();
    folder = await mkdtemp(join(tmpdir(), "provisioning-crash-"));
    program = join(folder, "writer.mjs");
    await buildProgram(fileURLToPath(new URL("../../testing/shared-writer-program.ts", import.meta.url)), program);
  });
  afterAll(async () => {
    await server.remove();
    await rm(folder, { recursive: true, force: true });
  });
  const storeOf = (schema: string): StorageOptions => ({ type: "postgres", url: server.url, schema, mode: "write" });
  const write = (schema: string, writers: number): TestProcess =>
    startProcess(program, [String(writers)], { STORAGE: JSON.stringify(storeOf(schema)) });

  test(
    `a process that is killed at any moment, ${KILLS} times: nothing acknowledged is lost, nothing is there by halves`,
    async () => {
      const seed = testSeed();
      console.log(`SEED=${seed}`);
      const random = seededRandom(seed);
      const acknowledged: string[] = [];
      for (let kills = 0; kills < KILLS; ) {
        const writers = [1, 2].map(() => write("killed", 1 + Math.floor(random() * 16)));
        for (const writer of writers) {
          await writer.said((line) => line === "ready");
          await sleep(random() * 100);
          await writer.kill();
          acknowledged.push(...writer.lines.slice(1));
          kills += 1;
        }
      }
      const storage = await openStorage(storeOf("killed"));
      expect(await findDamage(storage, acknowledged)).toEqual([]);
      await storage.close();
      expect(acknowledged.length).toBeGreaterThan(KILLS);
    },
    (KILLS * 2 + 60) * 1000,
  );

  test(
    `a database that is killed ${SERVER_KILLS} times under writers that go on: nothing acknowledged is lost, and nobody is told of an error`,
    async () => {
      const seed = testSeed();
      console.log(`SEED=${seed}`);
      const random = seededRandom(seed);
      const writer = write("outages", 8);
      await writer.said((line) => line === "ready");
      for (let kill = 0; kill < SERVER_KILLS; kill += 1) {
        const before = writer.lines.length;
        await sleep(random() * 300);
        await server.stop("crash");
        await sleep(random() * 100);
        await server.start();
        while (writer.lines.length <= before + 8) {
          expect(writer.process.exitCode).toBeNull();
          await sleep(10);
        }
      }
      await writer.kill();
      const storage = await openStorage(storeOf("outages"));
      expect(await findDamage(storage, writer.lines.slice(1))).toEqual([]);
      await storage.close();
    },
    (SERVER_KILLS * 10 + 60) * 1000,
  );
});
