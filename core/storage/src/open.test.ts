import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openStorage, type StorageOptions } from "./index.js";
import { sampleRun, surrealPackages } from "./testing/index.js";

const { folder: packagesFolder, reason } = await surrealPackages();

describe("the storage that was asked for", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "provisioning-open-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const opens = async (type: "memory" | "filesystem" | "surrealdb-embedded", isExclusive: boolean) => {
    const storage = await openStorage({ type, dataDir: join(folder, type), mode: "write", packagesFolder });
    expect(storage.leases.isExclusive()).toBe(isExclusive);
    const run = sampleRun();
    await storage.runs.submit(run);
    expect(await storage.info()).toMatchObject({ type, mode: "write", runs: 1 });
    expect(await storage.queue.claim("ada", 1000)).toMatchObject({ runId: run.id });
    await storage.close();
  };
  it.each([
    ["memory", false],
    ["filesystem", true],
  ] as const)("is opened: %s, nobody else can take its leases: %s", opens);
  it.skipIf(reason !== undefined)(`is opened: surrealdb-embedded ${reason ?? ""}`, () => opens("surrealdb-embedded", true));

  it.each([
    [{ type: "postgres", url: "mysql://127.0.0.1/shop", mode: "write" }],
    [{ type: "surrealdb-server", url: "ftp://127.0.0.1", mode: "write" }],
  ] as const)("is refused before anything is connected when its options cannot be: %j", async (wrong) => {
    await expect(openStorage(wrong as unknown as StorageOptions)).rejects.toMatchObject({ code: "STORE_OPTION_INVALID" });
  });
});
