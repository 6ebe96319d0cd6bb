/**
 * More than can be kept up with: 50,000 submissions within ten seconds, whether they are answered or not. What is accepted must be done, the
 * rest refused with 429, health must go on answering, memory must stay bounded. Health is asked on one connection, which comes with the burst, and with a new one
 * each time.
 * Build first, then: `node bench/orchestrator/load.mjs [submissions, default 50000] [seconds, default 10]`
 */

import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { createClient, makeWorkspace, memoryOf, ONE_STEP, untilIdle } from "./service.mjs";

const total = Number(process.argv[2] ?? 50_000);
const seconds = Number(process.argv[3] ?? 10);
const LOOK_MS = 50;

const workspace = await makeWorkspace();
const service = await workspace.serve();
const client = createClient(service, 512);

const statuses = new Map();
// In threads of their own: what this one does must not count.
const looking = [false, true].map(
  (isNewcomer) =>
    new Worker(new URL("health.mjs", import.meta.url), { workerData: { url: service.url, everyMs: LOOK_MS, isNewcomer } }),
);
const began = performance.now();
const sent = [];
let withoutAdvice = 0;
while (sent.length < total) {
  const due = Math.min(total, Math.floor(((performance.now() - began) / 1000 / seconds) * total));
  while (sent.length < due) {
    sent.push(
      client.send("POST", "/workflows", ONE_STEP).then(({ status, headers }) => {
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        if (status === 429 && headers["retry-after"] === undefined) withoutAdvice += 1;
      }),
    );
  }
  await new Promise((resolve) => setTimeout(resolve, 5));
}
await Promise.all(sent);
const answered = performance.now() - began;
await untilIdle(client);
const done = performance.now() - began;
const [watcher, newcomer] = await Promise.all(looking.map(delaysOf));
const accepted = statuses.get(202) ?? 0;
const completed = await countCompleted();
const { most } = await memoryOf(service.pid);
console.log(`${total} sent within ${seconds} s: ${[...statuses].map(([status, count]) => `${count} × ${status}`).join(", ")}`);
console.log(`${completed} of ${accepted} accepted ones are done; ${withoutAdvice} refusals without Retry-After`);
console.log(`all answered after ${(answered / 1000).toFixed(1)} s, all done after ${(done / 1000).toFixed(1)} s`);
console.log(`health on one connection: ${told(watcher)}`);
console.log(`health on a new connection each time: ${told(newcomer)}`);
console.log(`memory at most ${most} MB`);
client.close();
await Promise.all(looking.map((worker) => worker.terminate()));
await service.stop();
await workspace.remove();

async function delaysOf(worker) {
  worker.postMessage("end");
  const [found] = await once(worker, "message");
  return found;
}

function told({ delays, lates }) {
  const sorted = delays.sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))].toFixed(0);
  const slow = sorted.filter((ms) => ms >= 100).length;
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, most ${at(1)} ms; ${slow} of ${sorted.length} took 100 ms or more; its timers were late by at most ${Math.max(...lates).toFixed(0)} ms`;
}

/** By what the service counts: of finished runs only the newest are kept. */
async function countCompleted() {
  const { text } = await client.send("GET", "/metrics");
  return Number(/^provisioning_runs_ended_total\{[^}]*status="completed"[^}]*\} (\d+)/m.exec(text)?.[1] ?? 0);
}
