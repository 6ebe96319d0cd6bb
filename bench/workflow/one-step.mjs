/**
 * Durable runs of one step, 64 at once, on files, through queue and worker in one process: submitted, claimed, begun, done and given back. Beside
 * it what the disk gives: bare syncs, and the journal's group commit with as many writers and nothing else. Then where the processor's time goes. Build
 * first, then:
 *
 *     node bench/workflow/one-step.mjs [--at-once 64] [--runs 30000] [--rounds 5]
 *
 * Each round is a process of its own, warmed up; a process with Node's usual young generation and one with a larger one take turns, because runs leave
 * much behind that is forgotten soon.
 */

import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { Session } from "node:inspector/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { openStorage } from "@provisioning/storage";
import { systemClock } from "@provisioning/model";
import { createEngine, startWorker } from "@provisioning/workflow";
import { median } from "../measure/measure.mjs";
import { bareSyncs, groupCommitFloor } from "./latency/floor.mjs";
import { handlers, oneStepRun } from "./one-step-run.mjs";

const { values } = parseArgs({
  options: {
    "at-once": { type: "string", default: "64" },
    runs: { type: "string", default: "30000" },
    rounds: { type: "string", default: "5" },
    measure: { type: "boolean", default: false },
    profile: { type: "boolean", default: false },
  },
});
const atOnce = Number(values["at-once"]);
const total = Number(values.runs);
const WARM_UP = 10_000;
const BARE = 500;
/** Of each half, in MiB; Node's own is 16. */
const YOUNG = 64;
const LARGER_YOUNG = [`--max-semi-space-size=${YOUNG}`, `--min-semi-space-size=${YOUNG}`];

async function measure() {
  const folder = await mkdtemp(join(tmpdir(), "provisioning-one-step-"));
  const storage = await openStorage({ type: "filesystem", dataDir: join(folder, "store"), mode: "write" });
  const engine = createEngine({ storage, clock: systemClock, random: Math.random, holder: "bench" });
  const ended = new Map();
  const worker = startWorker({
    engine,
    storage,
    clock: systemClock,
    capacity: atOnce,
    retention: { keepRuns: 10_000, keepMs: 86_400_000 },
    handlersFor: async () => handlers,
    onRunEnded: (state) => ended.get(state.definition.id)?.(),
  });
  const runs = (count) => inParallel(count, () => wholeRun(engine, ended));
  await runs(WARM_UP);
  const profiler = values.profile ? await startProfile() : undefined;
  const used = process.cpuUsage();
  const perSecond = await rate(total, () => runs(total));
  const { user, system } = process.cpuUsage(used);
  const shares = await profiler?.();
  await worker.drain();
  await storage.close();
  const bare = await rate(BARE, () => bareSyncs(join(folder, "bare"), BARE));
  // Each writer of the floor writes twice for each sample.
  const floor = 2 * (await rate(total, () => groupCommitFloor(join(folder, "floor"), atOnce, total)));
  await rm(folder, { recursive: true });
  return { perSecond, micros: (user + system) / total, bare, floor, shares };
}

async function wholeRun(engine, ended) {
  const run = oneStepRun();
  const end = new Promise((resolve) => ended.set(run.id, resolve));
  await engine.submit(run);
  await end;
  ended.delete(run.id);
}

function inParallel(count, act) {
  const some = async () => {
    for (let done = 0; done < count / atOnce; done += 1) await act();
  };
  return Promise.all(Array.from({ length: atOnce }, some));
}

async function rate(count, act) {
  const began = performance.now();
  await act();
  return (count / (performance.now() - began)) * 1000;
}

/** Microseconds of the main thread for each run, by whose code it is. */
async function startProfile() {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.setSamplingInterval", { interval: 250 });
  await session.post("Profiler.start");
  return async () => {
    const { profile } = await session.post("Profiler.stop");
    const owners = new Map(profile.nodes.map((node) => [node.id, ownerOf(node.callFrame)]));
    const shares = {};
    profile.samples.forEach((id, index) => {
      const owner = owners.get(id);
      shares[owner] = (shares[owner] ?? 0) + profile.timeDeltas[index] / total;
    });
    return shares;
  };
}

function ownerOf({ functionName, url }) {
  if (functionName === "(garbage collector)") return "garbage collection";
  if (functionName === "(idle)") return "idle: waits for the disk";
  const file = /\/core\/(storage|workflow|model)\/dist\/(.*)$/.exec(url);
  if (file === null) return "Node: promises, timers, writes, syncs, checksums";
  if (/(snapshot|compaction|mirror)\.js$/.test(file[2])) return "storage: compaction and readable copies";
  if (file[1] === "storage")
    return /(records|frame|journal|disk)/.test(file[2]) ? "storage: encoding and journal" : "storage: tables and queue";
  return "engine";
}

async function inProcess(flags, ...words) {
  const [, script, ...given] = process.argv;
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, script ?? "", ...given, "--measure", ...words]);
  return JSON.parse(stdout);
}

function tell(name, rounds) {
  const all = rounds.map(({ perSecond }) => Math.round(perSecond)).toSorted((a, b) => a - b);
  const middle = (pick) => Math.round(median(rounds.map(pick)));
  console.log(
    `${name}: ${middle(({ perSecond }) => perSecond)}/s (${all.join(", ")}), ${middle(({ micros }) => micros)} µs of processor time a run`,
  );
}

if (values.measure) {
  console.log(JSON.stringify(await measure()));
} else {
  const usual = [];
  const larger = [];
  for (let round = 0; round < Number(values.rounds); round += 1) {
    usual.push(await inProcess([]));
    larger.push(await inProcess(LARGER_YOUNG));
  }
  console.log(`whole runs of one step, ${atOnce} at once, ${total} in each of ${values.rounds} processes:`);
  tell("  Node as it is", usual);
  tell(`  young generation of ${YOUNG} MiB`, larger);
  const both = [...usual, ...larger];
  console.log("floor, in the same processes:");
  console.log(`  bare write and sync, one after the other: ${Math.round(median(both.map(({ bare }) => bare)))}/s`);
  console.log(`  group commit of one record, ${atOnce} at once: ${Math.round(median(both.map(({ floor }) => floor)))} records/s`);
  const { shares } = await inProcess(LARGER_YOUNG, "--profile");
  console.log("main thread, µs a run (while it is being watched, which costs some itself):");
  for (const [owner, micros] of Object.entries(shares).toSorted((a, b) => b[1] - a[1])) {
    console.log(`  ${micros.toFixed(1).padStart(6)}  ${owner}`);
  }
}
