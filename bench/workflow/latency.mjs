/**
 * From the call that submits a run to the call of its first handler, through queue and worker, on files. Build first, then:
 *
 *     node bench/workflow/latency.mjs [at once, default 16] [runs, default 20000]
 */

import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@provisioning/model";
import { openStorage } from "@provisioning/storage";
import { createEngine, startWorker } from "@provisioning/workflow";
import { oneStepRun } from "./one-step-run.mjs";

const atOnce = Number(process.argv[2] ?? 16);
const total = Number(process.argv[3] ?? 20_000);
const WARM_UP = 2_000;

const percentile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
const line = (name, values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const [p50, p99, p999] = [0.5, 0.99, 0.999].map((share) => `${percentile(sorted, share).toFixed(2)} ms`);
  console.log(`${name}: p50 ${p50}, p99 ${p99}, p99.9 ${p999}`);
};

/** The least that two writes cost which must be on the disk one after the other. */
async function bareSyncs(folder) {
  const handle = await open(join(folder, "bare"), "ax");
  const data = Buffer.alloc(1_000, "x");
  const samples = [];
  for (let count = 0; count < 1_000; count += 1) {
    const began = performance.now();
    for (const _ of [1, 2]) {
      await handle.write(data);
      await handle.datasync();
    }
    samples.push(performance.now() - began);
  }
  await handle.close();
  return samples;
}

const folder = await mkdtemp(join(tmpdir(), "provisioning-latency-"));
line("two bare syncs, nobody else", await bareSyncs(folder));
const storage = await openStorage({ type: "filesystem", dataDir: join(folder, "store"), mode: "write" });
const engine = createEngine({ storage, clock: systemClock, random: Math.random, holder: "latency" });
const began = new Map();
const ended = new Map();
const samples = [];
const handlers = new Map([
  [
    "bench",
    {
      execute: async ({ run }) => {
        samples.push(performance.now() - began.get(run.id));
        began.delete(run.id);
        return null;
      },
    },
  ],
]);
const worker = startWorker({
  engine,
  storage,
  clock: systemClock,
  capacity: atOnce,
  handlersFor: async () => handlers,
  onRunEnded: (state) => ended.get(state.definition.id)?.(),
});
const write = async () => {
  for (let count = 0; count < (total + WARM_UP) / atOnce; count += 1) {
    const run = oneStepRun();
    const end = new Promise((resolve) => ended.set(run.id, resolve));
    began.set(run.id, performance.now());
    await engine.submit(run);
    await end;
    ended.delete(run.id);
  }
};
const start = performance.now();
await Promise.all(Array.from({ length: atOnce }, write));
const seconds = (performance.now() - start) / 1000;
line(`submit to start, ${atOnce} at once`, samples.slice(WARM_UP));
console.log(`${(samples.length / seconds).toFixed(0)} whole runs a second`);
await worker.drain();
await storage.close();
await rm(folder, { recursive: true });
