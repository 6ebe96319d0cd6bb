/**
 * Handlers over a cloud that times out after it has created, answers 500 and has created, says 409, throttles, and shows late what is
 * there: nothing is made twice, and nothing is left that nobody knows of.
 */

import { openMemoryStorage } from "@provisioning/storage";
import { expect, test } from "vitest";
import { createEngine } from "./index.js";
import {
  type CloudFault,
  connectCloud,
  createCloudHandler,
  SimulatedCloud,
  sampleOperation,
  sampleRun,
} from "./testing/index.js";
import { SimulatedProcess } from "./testing/simulation/simulated-process.js";
import { World } from "./testing/simulation/world.js";

const CREATES = 10_000;
const PER_RUN = 100;
const SEED = 20_240;
/** All but a refusal, which is an answer and not a fault. */
const FAULTS: readonly CloudFault[] = [
  "slow",
  "timeoutAfterEffect",
  "errorAfterEffect",
  "unheard",
  "conflict",
  "throttled",
  "unavailable",
];

const retry = { maxAttempts: 100, backoff: "linear", initialDelayMs: 1_000, maxDelayMs: 10_000 } as const;

const SHARE = 0.7;

/** A process of its own clock beside a cloud that makes trouble. */
function start() {
  const world = new World(SEED);
  const { random } = world;
  const process = new SimulatedProcess(world, "worker", 0);
  const cloud = new SimulatedCloud({ now: () => world.now, random: random.next, unlistedMs: 60_000 });
  const faulty = { create: 0, find: 0, adopt: 0, destroy: 0 };
  const client = connectCloud(
    cloud,
    {
      send: (requestMs, effect, replyMs, instead) =>
        process.call({ requestMs, replyMs, arrive: async () => effect(), ...(instead === undefined ? {} : { instead }) }),
    },
    (operation) => {
      if (!random.chance(SHARE)) return "none";
      faulty[operation] += 1;
      return random.pick(FAULTS);
    },
    random.next,
  );
  const { clock } = process;
  return { world, clock, cloud, faulty, handlers: new Map([["sample", createCloudHandler({ cloud: client, clock })]]) };
}

async function settled<T>(world: World, promise: Promise<T>): Promise<T> {
  let isOver = false;
  const over = () => {
    isOver = true;
  };
  promise.then(over, over);
  await world.run(() => isOver);
  return promise;
}

test(`${CREATES} creations, most of them faulty: none twice, none forgotten; undone, none is left`, async () => {
  const { world, clock, cloud, faulty, handlers } = start();
  const storage = openMemoryStorage({ clock });
  const engine = createEngine({ storage, clock, random: () => 0.5, holder: "worker-1" });
  for (let made = 0; made < CREATES; made += PER_RUN) {
    const operations = Array.from({ length: PER_RUN }, (_, index) =>
      sampleOperation(`server-${index}`, { retry, timeoutMs: 600_000 }),
    );
    const runId = await engine.submit(sampleRun({ operations, parallelLimit: PER_RUN }));
    expect((await settled(world, engine.execute(runId, { handlers }))).status).toBe("completed");
    const owners = operations.map(({ id }) => `${runId}/${id}`);
    expect(
      cloud
        .resources()
        .map(({ owner }) => owner)
        .sort(),
    ).toEqual(owners.sort());
    expect((await settled(world, engine.rollback(runId, { handlers, by: "ada" }))).status).toBe("rolledBack");
    expect(cloud.resources()).toEqual([]);
  }
  expect(cloud.doubles).toEqual([]);
  expect(cloud.made).toBe(CREATES);
  expect(faulty.create).toBeGreaterThan(CREATES);
}, 120_000);
