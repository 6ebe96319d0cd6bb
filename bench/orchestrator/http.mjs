/**
 * Durable one-step runs over HTTP, submitted and done, beside an echo of the same framework that does nothing with the same requests.
 * Build first, then: `node bench/orchestrator/http.mjs [runs, default 20000] [at once, default 64]`
 */

import Fastify from "fastify";
import { createClient, makeWorkspace, memoryOf, ONE_STEP, processorTime, untilIdle } from "./service.mjs";

const total = Number(process.argv[2] ?? 20_000);
const atOnce = Number(process.argv[3] ?? 64);
const WARM_UP = 3_000;

async function submit(client, count) {
  let left = count;
  const statuses = new Map();
  const one = async () => {
    while (left > 0) {
      left -= 1;
      const { status } = await client.send("POST", "/workflows", ONE_STEP);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  return statuses;
}

const workspace = await makeWorkspace();
const service = await workspace.serve("--max-queued", String(total + WARM_UP));
const client = createClient(service, atOnce);
await submit(client, WARM_UP);
await untilIdle(client);
const usedBefore = await processorTime(service.pid);
const began = performance.now();
const statuses = await submit(client, total);
const accepted = performance.now();
await untilIdle(client);
const done = performance.now();
const used = (await processorTime(service.pid)) - usedBefore;
const perSecond = (end) => Math.round((total / (end - began)) * 1000);
console.log(`answers: ${[...statuses].map(([status, count]) => `${count} × ${status}`).join(", ")}`);
console.log(
  `accepted ${perSecond(accepted)}/s, done ${perSecond(done)}/s, ${Math.round((used / total) * 1e6)} µs of processor time a run`,
);
const { now, most } = await memoryOf(service.pid);
console.log(`memory ${now} MB, at most ${most} MB`);
client.close();
await service.stop();
await workspace.remove();

const echo = Fastify();
echo.post("/workflows", async ({ body }, reply) => reply.code(202).send({ id: body.document.metadata.name }));
await echo.listen({ port: 0, host: "127.0.0.1" });
const { port } = echo.server.address();
const plain = createClient({ url: `http://127.0.0.1:${port}`, token: "none" }, atOnce);
await submit(plain, WARM_UP);
const echoBegan = performance.now();
await submit(plain, total);
const echoed = Math.round((total / (performance.now() - echoBegan)) * 1000);
console.log(`the bare echo, in the process of the client: ${echoed}/s; ratio ${(perSecond(done) / echoed).toFixed(2)}`);
plain.close();
await echo.close();
