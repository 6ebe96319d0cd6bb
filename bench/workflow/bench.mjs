/**
 * How the engine and the default storage behave under load, as ratios on the machine it runs on. Build first, then:
 *
 *     node bench/workflow/bench.mjs
 */

import { open, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { infraName, newRunId, serverAddress, serverName, systemClock } from "@provisioning/model";
import { openStorage } from "@provisioning/storage";
import { createEngine } from "@provisioning/workflow";

const retry = { maxAttempts: 1, backoff: "linear", initialDelayMs: 1, maxDelayMs: 1 };
const operation = (index, dependsOn, input = {}) => ({
  id: `op-${index}`,
  title: `operation ${index}`,
  action: "bench",
  address: serverAddress(serverName("web-01")),
  input,
  dependsOn: dependsOn.map((on) => ({ on: `op-${on}`, type: "hard" })),
  timeoutMs: 600_000,
  retry,
  onFailure: "fail",
});
const run = (operations, parallelLimit) => ({
  id: newRunId(),
  name: "bench",
  infra: infraName("bench"),
  operations,
  parallelLimit,
  labels: {},
  createdAt: Date.now(),
});
const engineOver = (storage) => createEngine({ storage, clock: systemClock, random: Math.random, holder: "bench" });
const noop = new Map([["bench", { execute: async () => null }]]);

async function timed(work) {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** Each operation needs two of the ten before it. */
async function noopRunMs(size) {
  const storage = await openStorage({ type: "memory" });
  const engine = engineOver(storage);
  const operations = Array.from({ length: size }, (_, index) => operation(index, index < 10 ? [] : [index - 3, index - 10]));
  const definition = run(operations, 10);
  return timed(async () => {
    await engine.submit(definition);
    const state = await engine.execute(definition.id, { handlers: noop });
    if (state.counts.completed !== size) throw new Error(`only ${state.counts.completed} completed`);
  });
}

async function growth() {
  await noopRunMs(10_000);
  const small = await noopRunMs(10_000);
  const large = await noopRunMs(100_000);
  console.log(`no-op operations in memory: 10,000 in ${small.toFixed(0)} ms, 100,000 in ${large.toFixed(0)} ms`);
  console.log(`  growth for 10 times as many: ${(large / small).toFixed(1)} (10 is linear)`);
}

/** How often this disk syncs a small write, one after the other. */
async function bareSyncsPerSecond(folder) {
  const handle = await open(join(folder, "bare"), "ax");
  const data = Buffer.alloc(500, "x");
  const count = 500;
  const ms = await timed(async () => {
    for (let done = 0; done < count; done += 1) {
      await handle.write(data);
      await handle.datasync();
    }
  });
  await handle.close();
  return (count / ms) * 1000;
}

/** Submitted, claimed, begun, done and given back; each of these durable before the next. */
async function durableRunsPerSecond(folder, concurrency) {
  const storage = await openStorage({ type: "filesystem", dataDir: join(folder, `data-${concurrency}`), mode: "write" });
  const engine = engineOver(storage);
  const perWriter = Math.ceil(4_000 / concurrency / (concurrency === 1 ? 10 : 1));
  const write = async () => {
    for (let done = 0; done < perWriter; done += 1) {
      const definition = run([operation(0, [])], 1);
      await engine.submit(definition);
      await engine.execute(definition.id, { handlers: noop });
    }
  };
  const ms = await timed(() => Promise.all(Array.from({ length: concurrency }, write)));
  await storage.close();
  return ((perWriter * concurrency) / ms) * 1000;
}

async function submissionsPerSecond(folder, concurrency) {
  const storage = await openStorage({ type: "filesystem", dataDir: join(folder, `submit-${concurrency}`), mode: "write" });
  const perWriter = 100;
  const write = async () => {
    for (let done = 0; done < perWriter; done += 1) await storage.runs.submit(run([operation(0, [])], 1));
  };
  const ms = await timed(() => Promise.all(Array.from({ length: concurrency }, write)));
  await storage.close();
  return ((perWriter * concurrency) / ms) * 1000;
}

async function durability() {
  const folder = await mkdtemp(join(tmpdir(), "provisioning-bench-"));
  const bare = await bareSyncsPerSecond(folder);
  console.log(`bare write and sync, one after the other: ${bare.toFixed(0)}/s`);
  for (const concurrency of [1, 64]) {
    const submissions = await submissionsPerSecond(folder, concurrency);
    const runs = await durableRunsPerSecond(folder, concurrency);
    console.log(
      `${concurrency} at a time: ${submissions.toFixed(0)} acknowledged submissions/s, ${runs.toFixed(0)} whole one-step runs/s`,
    );
    console.log(`  against a bare sync: ${(submissions / bare).toFixed(2)} submissions, ${(runs / bare).toFixed(2)} runs`);
  }
  await rm(folder, { recursive: true });
}

/** Real waiting, enough places: the run should take as long as its longest chain. */
async function makespan() {
  const folder = await mkdtemp(join(tmpdir(), "provisioning-bench-"));
  const storage = await openStorage({ type: "filesystem", dataDir: folder, mode: "write" });
  const longest = [];
  const operations = Array.from({ length: 200 }, (_, index) => {
    const ms = 50 + ((index * 37) % 100);
    const needed = index < 20 ? [] : [index - 20, index - 1 - (index % 20)];
    longest.push(ms + Math.max(0, ...needed.map((other) => longest[other])));
    return operation(index, needed, { ms });
  });
  const handlers = new Map([["bench", { execute: async ({ operation: { input } }) => systemClock.sleep(input.ms) }]]);
  const engine = engineOver(storage);
  const definition = run(operations, 200);
  const ms = await timed(async () => {
    await engine.submit(definition);
    await engine.execute(definition.id, { handlers });
  });
  await storage.close();
  await rm(folder, { recursive: true });
  const critical = Math.max(...longest);
  console.log(`200 operations that wait, stored on disk: ${ms.toFixed(0)} ms; the longest chain alone: ${critical} ms`);
  console.log(`  makespan against the critical path: ${(ms / critical).toFixed(3)}`);
}

await growth();
await durability();
await makespan();
