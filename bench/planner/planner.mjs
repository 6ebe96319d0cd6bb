/** Planning of growing infras: the time per resource must stay the same. `node bench/planner/planner.mjs` */

import { makePlan, planOperations } from "@provisioning/planner";
import { median, ms, ratio, timed } from "../measure/measure.mjs";

const ROUNDS = 7;
const TASKSERVS = 9;

/** `size` resources: servers with nine taskservs each, a third of which changed. */
function infraOf(size) {
  const desired = [{ address: "network.local", kind: "network", provider: "local", spec: {}, dependsOn: [] }];
  for (let server = 0; desired.length < size; server += 1) {
    const address = `server.s${server}`;
    desired.push({ address, kind: "server", provider: "local", spec: { plan: "small" }, dependsOn: ["network.local"] });
    for (let index = 0; index < TASKSERVS && desired.length < size; index += 1) {
      const before = index === 0 ? [] : [`taskserv.s${server}.t${index - 1}`];
      const spec = { version: "1.0.0", config: { port: 8000 + index, members: ["a", "b", "c"] } };
      desired.push({
        address: `taskserv.s${server}.t${index}`,
        kind: "taskserv",
        provider: "local",
        spec,
        dependsOn: [address, ...before],
      });
    }
  }
  const recorded = desired.map((resource, index) => ({
    ...resource,
    infra: "bench",
    status: "ready",
    attributes: {},
    runId: "r",
    updatedAt: 0,
    spec: index % 3 === 0 ? { ...resource.spec, changed: true } : resource.spec,
  }));
  const observed = new Map(desired.map(({ address }) => [address, { status: "present", fields: [], steps: [], faults: [] }]));
  return { infra: "bench", desired, recorded, observed };
}

const options = {
  timeoutMs: 1000,
  onFailure: "continue",
  retry: { maxAttempts: 3, backoff: "exponential", initialDelayMs: 1, maxDelayMs: 1 },
  isClustered: () => false,
  usesOf: () => [],
};

const results = [];
for (const size of [1_000, 10_000, 100_000]) {
  const input = infraOf(size);
  const samples = [];
  for (let round = 0; round < ROUNDS; round += 1) samples.push(await timed(() => planOperations(makePlan(input), options)));
  results.push({ size, time: median(samples) });
}
const [first] = results;
for (const { size, time } of results) {
  const growth = ratio(time / size, first.time / first.size);
  console.log(`${String(size).padStart(7)} resources  ${ms(time).padStart(10)}  per resource ${growth} of the smallest`);
}
