import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openStorage, type StorageOptions } from "../../index.js";
import { buildProgram, seededRandom, startSurrealServer, surrealPackages, testSeed } from "../../testing/index.js";
import { startProcess, type TestProcess } from "../../testing/processes.js";
import { findDamage } from "../../testing/whole-store.js";

const { folder: packagesFolder, reason } = await surrealPackages();
/** `KILLS=2000` for a thorough look. */
const KILLS = Number(process.env["KILLS"] ?? 50);
const SERVER_KILLS = Math.max(3, Math.ceil(KILLS / 10));

describe.skipIf(reason !== undefined)(`SurrealDB and crashes ${reason ?? ""}`, () => {
  let folder: string;
  let program: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "provisioning-crash-"));
    program = join(folder, "writer.mjs");
    await buildProgram(fileURLToPath(new URL("../../testing/shared-writer-program.ts", import.meta.url)), program);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const write = (options: StorageOptions, writers: number): TestProcess =>
    startProcess(program, [String(writers)], { STORAGE: JSON.stringify(options) });

  test(
    `a process with the engine in it that is killed at any moment, ${KILLS} times: nothing acknowledged is lost, nothing is there by halves`,
    async () => {
      const seed = testSeed();
      console.log(`SEED=${seed}`);
      const random = seededRandom(seed);
      const options: StorageOptions = {
        type: "surrealdb-embedded",
        dataDir: join(folder, "killed"),
        mode: "write",
        packagesFolder,
      };
      const acknowledged: string[] = [];
      for (let kill = 0; kill < KILLS; kill += 1) {
        const writer = write(options, 1 + Math.floor(random() * 16));
        await writer.said((line) => line === "ready");
        await sleep(random() * 150);
        await writer.kill();
        acknowledged.push(...writer.lines.slice(1));
      }
      const storage = await openStorage(options);
      expect(await findDamage(storage, acknowledged)).toEqual([]);
      await storage.close();
      expect(acknowledged.length).toBeGreaterThan(KILLS);
    },
    (KILLS * 5 + 60) * 1000,
  );

  test(
    `a server that is killed ${SERVER_KILLS} times under writers that go on: nothing acknowledged is lost, and nobody is told of an error`,
    async () => {
      const seed = testSeed();
      console.log(`SEED=${seed}`);
      const random = seededRandom(seed);
      const server = await startSurrealServer(packagesFolder);
      const options: StorageOptions = { type: "surrealdb-server", url: server.url("ws"), mode: "write", packagesFolder };
      const writer = write(options, 8);
      try {
        await writer.said((line) => line === "ready");
        for (let kill = 0; kill < SERVER_KILLS; kill += 1) {
          const before = writer.lines.length;
          await sleep(random() * 300);
          await server.crash();
          await sleep(random() * 100);
          await server.start();
          while (writer.lines.length <= before + 8) {
            expect(writer.process.exitCode).toBeNull();
            await sleep(10);
          }
        }
        await writer.kill();
        const storage = await openStorage(options);
        expect(await findDamage(storage, writer.lines.slice(1))).toEqual([]);
        await storage.close();
      } finally {
        await writer.kill();
        await server.remove();
      }
    },
    (SERVER_KILLS * 10 + 60) * 1000,
  );
});
