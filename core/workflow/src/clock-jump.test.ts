/** The clock of the machine is set by a day, forward or back, while runs are carried out: nothing is done twice under one token, and all of them end. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, systemClock } from "@provisioning/model";
import { openFilesystemStorage } from "@provisioning/storage";
import { seededRandom, testSeed } from "@provisioning/storage/testing";
import { expect, test, vi } from "vitest";
import { createEngine, isEnded, type OperationContext, replay, startWorker } from "./index.js";
import { brokenInvariants, sampleOperation, sampleRun } from "./testing/index.js";

const DAY_MS = 86_400_000;
const RUNS = 20;

test.each([
  ["forward", DAY_MS],
  ["back", -DAY_MS],
])(
  "a clock that is set a day %s",
  async (_, jumpMs) => {
    const seed = testSeed();
    console.log(`SEED=${seed}`);
    const random = seededRandom(seed);
    let offset = 0;
    const clock: Clock = { ...systemClock, now: () => systemClock.now() + offset };
    const dataDir = await mkdtemp(join(tmpdir(), "provisioning-clock-"));
    const storage = await openFilesystemStorage({ dataDir, clock, mode: "write" });
    /** What is being done now. A clock that is ahead ends leases, so a successor may begin while the one before it has not yet heard. */
    const doing = new Set<string>();
    const twice: string[] = [];
    const sample = {
      async execute({ idempotencyKey, token, signal }: OperationContext) {
        const deed = `${idempotencyKey} under ${token}`;
        if (doing.has(deed)) twice.push(deed);
        doing.add(deed);
        await clock.sleep(5 + random() * 30, signal).finally(() => doing.delete(deed));
        return null;
      },
    };
    const workers = ["first", "second"].map((holder) => {
      const engine = createEngine({ storage, clock, random, holder, leaseTtlMs: 300 });
      const handlersFor = async () => new Map([["sample", sample]]);
      return startWorker({ engine, storage, clock, capacity: 10, pollMs: 50, handlersFor });
    });
    const chain = ["a", "b", "c", "d", "e", "f"].map((id, index, ids) =>
      sampleOperation(id, { dependsOn: index === 0 ? [] : [{ on: ids[index - 1] as never, type: "hard" }] }),
    );
    const runs = Array.from({ length: RUNS }, () => sampleRun({ createdAt: clock.now(), operations: chain }));
    await Promise.all(runs.map((run) => storage.runs.submit(run)));
    await clock.sleep(30 + random() * 60);
    offset = jumpMs;
    await vi.waitFor(
      async () => {
        for (const { id } of runs) expect(isEnded(replay((await storage.runs.load(id)).events))).toBe(true);
      },
      { timeout: 40_000, interval: 50 },
    );
    await Promise.all(workers.map((worker) => worker.drain()));
    for (const { id } of runs) {
      const { events } = await storage.runs.load(id);
      expect(replay(events).status).toBe("completed");
      expect(brokenInvariants(events)).toEqual([]);
    }
    expect(twice).toEqual([]);
    await storage.close();
    await rm(dataDir, { recursive: true });
  },
  60_000,
);
