/**
 * A worker that dies, or stands still past its lease, as by SIGSTOP, and goes on when another one has its run: its run is taken over when
 * its lease is over, nothing that it says is stored any more, and it cannot give away what is not its own.
 */

import { openMemoryStorage, runScope } from "@provisioning/storage";
import { expect, test } from "vitest";
import { DEFAULT_LEASE_TTL_MS } from "./index.js";
import { SimulatedCloud, sampleOperation, sampleRun } from "./testing/index.js";
import { Judge } from "./testing/simulation/judge.js";
import { startEngineProcess, type Surroundings } from "./testing/simulation/simulated-worker.js";
import { CALM } from "./testing/simulation/weather.js";
import { World } from "./testing/simulation/world.js";

const ROUNDS = 1_000;
const LEASE_AND_A_SECOND_MS = DEFAULT_LEASE_TTL_MS + 1_000;

function surroundings(seed: number): Surroundings {
  const world = new World(seed);
  const cloud = new SimulatedCloud({ now: () => world.now, random: world.random.next });
  const storage = openMemoryStorage({
    clock: { now: () => world.now, after: () => () => {}, sleep: () => new Promise(() => {}) },
  });
  return { world, cloud, storage, judge: new Judge(world, cloud), weather: () => CALM, bug: undefined };
}

const after = (id: string) => [{ on: id as never, type: "hard" as const }];

/** How long the run had nobody, and what the first worker was told in the end. */
async function round(seed: number, trouble: "stop" | "kill"): Promise<{ tookOverMs: number; told: string }> {
  const around = surroundings(seed);
  const { world, storage, judge } = around;
  const first = startEngineProcess(around, "first");
  const second = startEngineProcess(around, "second");
  const run = sampleRun({
    operations: ["a", "b", "c"].map((id, index, ids) =>
      sampleOperation(id, { action: "cloud", dependsOn: index === 0 ? [] : after(ids[index - 1] as string) }),
    ),
  });
  const scope = runScope(run.id);
  let told = "";
  let tookOverMs = 0;
  await judge.watchStore(storage, first.process).runs.submit(run);
  void first.engine.execute(run.id, { handlers: first.handlers }).then(
    ({ status }) => (told = status),
    (error: { code: string }) => (told = error.code),
  );
  await world.run(() => world.happened > 0 && judge.runs.get(run.id)?.invariants.status === "running");
  const stopAt = world.now + world.random.int(0, 3_000);
  await world.run(() => world.now >= stopAt || told !== "");
  const lease = await storage.leases.current(scope);
  if (trouble === "kill") first.process.kill("killed");
  else first.process.stop(world.random.int(DEFAULT_LEASE_TTL_MS + 10_000, 180_000));
  const stoppedAt = world.now;
  const takeOver = () => {
    void second.engine.executeNext({ handlers: second.handlers });
    if (tookOverMs === 0) second.process.deliver(200, takeOver);
  };
  takeOver();
  await world.run(() => {
    const holder = judge.holderOf(run.id);
    if (holder === "second" && tookOverMs === 0) tookOverMs = world.now - stoppedAt;
    return tookOverMs > 0;
  });
  if (lease === undefined) throw new Error("the first worker has no lease");
  await expect(storage.leases.release(lease)).rejects.toMatchObject({ code: "TOKEN_STALE" });
  await expect(storage.leases.heartbeat(lease)).rejects.toMatchObject({ code: "TOKEN_STALE" });
  await world.run(() => (told !== "" || trouble === "kill") && judge.areAllSettled);
  await judge.finish(storage);
  await world.run(() => true);
  return { tookOverMs, told };
}

test(`in ${ROUNDS} rounds nothing of a worker that lost its lease is stored`, async () => {
  for (let seed = 1; seed <= ROUNDS; seed += 1) {
    const { tookOverMs, told } = await round(seed, "stop");
    expect(told, `seed ${seed}`).toBe("LEASE_LOST");
    expect(tookOverMs, `seed ${seed}`).toBeLessThanOrEqual(LEASE_AND_A_SECOND_MS);
  }
}, 120_000);

test(`${ROUNDS} workers that die: each run is taken over when the lease is over, and comes to its end`, async () => {
  for (let seed = 1; seed <= ROUNDS; seed += 1) {
    const { tookOverMs } = await round(seed, "kill");
    expect(tookOverMs, `seed ${seed}`).toBeLessThanOrEqual(LEASE_AND_A_SECOND_MS);
  }
}, 120_000);
