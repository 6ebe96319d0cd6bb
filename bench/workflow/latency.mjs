/**
 * From the call that submits a run to the call of its first handler, through queue and worker, on files, beside what the disk gives for one
 * write: an idle worker takes a run while its submission is being stored, and both are synced together. Build first, then:
 *
 *     node bench/workflow/latency.mjs [--at-once 16] [--runs 20000] [--rounds 3]
 *
 * Floor and engine take turns. Afterwards it is told where the slow hundredth of the runs waited.
 */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { systemClock } from "@provisioning/model";
import { createEngine, startWorker } from "@provisioning/workflow";
import { nodeDisk } from "../../core/storage/dist/backends/filesystem/disk.js";
import { openFilesystemStorage } from "../../core/storage/dist/backends/filesystem/filesystem-storage.js";
import { Causes, printTable } from "./latency/causes.mjs";
import { bareSyncs, groupCommitFloor } from "./latency/floor.mjs";
import { oneStepRun } from "./one-step-run.mjs";

const { values } = parseArgs({
  options: {
    "at-once": { type: "string", default: "16" },
    runs: { type: "string", default: "20000" },
    rounds: { type: "string", default: "3" },
  },
});
const atOnce = Number(values["at-once"]);
const perRound = Math.ceil(Number(values.runs) / Number(values.rounds));
const WARM_UP = 2_000;
const BARE = 500;

const folder = await mkdtemp(join(tmpdir(), "provisioning-latency-"));
const causes = new Causes();
const storage = await openFilesystemStorage({
  dataDir: join(folder, "store"),
  mode: "write",
  clock: systemClock,
  disk: causes.watch(nodeDisk),
});
const engine = createEngine({ storage, clock: systemClock, random: Math.random, holder: "latency" });
const began = new Map();
const ended = new Map();
let windows = [];
const execute = async ({ run }) => {
  causes.mark();
  windows.push([began.get(run.id), performance.now()]);
  began.delete(run.id);
  return null;
};
const worker = startWorker({
  engine,
  storage,
  clock: systemClock,
  capacity: atOnce,
  handlersFor: async () => new Map([["bench", { execute }]]),
  onRunEnded: (state) => ended.get(state.definition.id)?.(),
});

async function runs(total) {
  const submitter = async () => {
    for (let count = 0; count < total / atOnce; count += 1) {
      const run = oneStepRun();
      const end = new Promise((resolve) => ended.set(run.id, resolve));
      began.set(run.id, performance.now());
      await engine.submit(run);
      await end;
      ended.delete(run.id);
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: atOnce }, submitter));
  return (total / (performance.now() - start)) * 1000;
}

const measured = { bare: [], floor: [] };
await runs(WARM_UP);
windows = [];
let rate = 0;
for (let round = 1; round <= Number(values.rounds); round += 1) {
  measured.bare.push(...(await bareSyncs(join(folder, `bare-${round}`), BARE)));
  measured.floor.push(...(await groupCommitFloor(join(folder, `floor-${round}`), atOnce, perRound)));
  rate += (await runs(perRound)) / Number(values.rounds);
}
await worker.drain();
await storage.close();
await rm(folder, { recursive: true });

const percentile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
const line = (name, samples) => {
  const sorted = samples.toSorted((a, b) => a - b);
  const found = [0.5, 0.99, 0.999].map((share) => percentile(sorted, share));
  const [p50, p99, p999] = found.map((ms) => `${ms.toFixed(2).padStart(6)} ms`);
  console.log(`${name.padEnd(62)} p50 ${p50}, p99 ${p99}, p99.9 ${p999}`);
  return found;
};
line("a bare write and sync, nobody else", measured.bare);
const floor = line(`floor: group commit of one write, ${atOnce} at once, nothing else`, measured.floor);
const ours = line(
  `submit to start, ${atOnce} at once`,
  windows.map(([from, to]) => to - from),
);
const [p50, p99, p999] = ours.map((ms, index) => `${(ms / floor[index]).toFixed(1)}×`);
console.log(`beside the floor: p50 ${p50}, p99 ${p99}, p99.9 ${p999}; ${rate.toFixed(0)} whole runs a second`);
printTable(causes.table(windows));
