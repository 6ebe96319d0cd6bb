/**
 * How long it takes until work goes on after a crash: `node recovery.mjs fill <tasks> <operations>` stores tasks, begins fifty of them and waits
 * to be killed; `node recovery.mjs recover` opens the store and works until something was done. The options of the store as JSON in the
 * variable `STORAGE`. Prints `filled`, or `recovered` with milliseconds since the process began: opened, claimed, done.
 */

import { writeSync } from "node:fs";
import { newRunId, type RunDefinition, systemClock } from "@provisioning/model";
import { openStorage, type Storage, type StorageOptions } from "@provisioning/storage";
import { sampleOperation, sampleRun } from "@provisioning/storage/testing";
import { createEngine } from "../../engine.js";
import type { OperationContext } from "../../handler.js";
import { startWorker } from "../../worker.js";

const [mode = "", tasks = "0", operations = "1"] = process.argv.slice(2);
const ACTIVE = 50;
const SUBMITTERS = 256;
const NEVER_MS = 3_600_000;

async function fill(storage: Storage): Promise<void> {
  let left = Number(tasks);
  const submit = async () => {
    while (left > 0) {
      left -= 1;
      await storage.runs.submit(task());
    }
  };
  await Promise.all(Array.from({ length: SUBMITTERS }, submit));
  let begun = 0;
  work(storage, async ({ signal }) => {
    begun += 1;
    if (begun === ACTIVE) writeSync(1, "filled\n");
    await systemClock.sleep(NEVER_MS, signal);
  });
}

function task(): RunDefinition {
  const ids = Array.from({ length: Number(operations) }, (_, index) => `op-${index}`);
  return sampleRun({ id: newRunId(), createdAt: Date.now(), operations: ids.map((id) => sampleOperation(id)) });
}

function recover(storage: Storage): void {
  const openedMs = performance.now();
  let claimedMs = 0;
  work(storage, async () => {
    claimedMs ||= performance.now();
  });
  storage.runs.watch(({ events }) => {
    if (!events.some(({ type }) => type === "operationCompleted")) return;
    const times = { opened: openedMs, claimed: claimedMs, done: performance.now(), rssMiB: process.memoryUsage.rss() / 2 ** 20 };
    writeSync(1, `recovered ${JSON.stringify(times)}\n`);
    process.kill(process.pid, "SIGKILL");
  });
}

function work(storage: Storage, execute: (context: OperationContext) => Promise<void>): void {
  const engine = createEngine({ storage, clock: systemClock, random: Math.random, holder: mode });
  const handlers = new Map([["sample", { execute: async (context: OperationContext) => (await execute(context), null) }]]);
  startWorker({ engine, storage, clock: systemClock, capacity: ACTIVE, handlersFor: async () => handlers });
}

const storage = await openStorage(JSON.parse(process.env["STORAGE"] ?? "{}") as StorageOptions);
if (mode === "fill") await fill(storage);
else recover(storage);
