/**
 * Reads what a task tells through a proxy that cuts connections at any moment, going on each time after the last message, beside a reader that
 * hardly reads at all. Nothing may be lost or told twice. Build first, then:
 *
 *     node platform/orchestrator/scripts/streams.mjs [--lines 1000000] [--per-second 20000] [--seed 1]
 */

import { cp, mkdtemp, rm } from "node:fs/promises";
import { connect, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { platformLayout } from "@provisioning/actions";
import { infraName, networkAddress, newRunId, systemClock } from "@provisioning/model";
import { createParser } from "eventsource-parser";
import { pino } from "pino";
import { createGuard } from "../dist/http/guard.js";
import { taskEndpoints } from "../dist/http/routes/tasks.js";
import { httpLimits } from "../dist/http/limits.js";
import { createServer } from "../dist/http/server.js";
import { Streams } from "../dist/http/streams.js";
import { openService } from "../dist/service.js";

const { values } = parseArgs({
  options: {
    lines: { type: "string", default: "1000000" },
    "per-second": { type: "string", default: "20000" },
    seed: { type: "string", default: "1" },
  },
});
const total = Number(values.lines);
const perSecond = Number(values["per-second"]);
const random = randomOf(Number(values.seed));

const nothing = () => {};
const NOBODY = {
  called: nothing,
  failed: nothing,
  stored: nothing,
  read: nothing,
  leaseTaken: nothing,
  leaseGiven: nothing,
  leaseLost: nothing,
};
const UNMETERED = { received: () => nothing, over: nothing, turnedAway: nothing, streamOpened: nothing, streamClosed: nothing };
const root = fileURLToPath(new URL("../../../", import.meta.url));
const folder = await mkdtemp(join(tmpdir(), "provisioning-streams-"));
await cp(join(root, "tests/fixtures/small"), join(folder, "workspace"), { recursive: true });
const logger = pino({ level: "silent" });
const service = await openService({
  logger,
  observe: async () => NOBODY,
  context: {
    platform: platformLayout(root.replace(/\/$/, "")),
    platformVersion: "0.0.0",
    clock: systemClock,
    environment: { HOME: folder, XDG_CONFIG_HOME: join(folder, "config") },
    currentDir: folder,
    workspace: join(folder, "workspace"),
    flags: {},
    holder: "streams",
  },
});
let proxyPort = 0;
const guard = createGuard("token", () => proxyPort);
const app = createServer({
  endpoints: taskEndpoints(service),
  guard,
  logger,
  limits: httpLimits(service),
  meter: UNMETERED,
  streams: new Streams(100, UNMETERED),
});
await app.listen({ host: "127.0.0.1", port: 0 });
const servicePort = app.server.address().port;

let cuts = 0;
const proxy = createTcpServer((client) => {
  const upstream = connect(servicePort, "127.0.0.1");
  client.pipe(upstream);
  upstream.pipe(client);
  const end = () => {
    client.destroy();
    upstream.destroy();
  };
  client.on("error", end).on("close", end);
  upstream.on("error", end).on("close", end);
  const timer = setTimeout(
    () => {
      cuts += 1;
      end();
    },
    5 + random() * 400,
  );
  client.on("close", () => clearTimeout(timer));
});
await new Promise((resolve) => proxy.listen(0, "127.0.0.1", resolve));
proxyPort = proxy.address().port;

const id = newRunId();
await service.engine.submit({
  id,
  name: "a task that tells much",
  infra: infraName("small"),
  operations: [
    {
      id: "talk",
      title: "talk",
      action: "nothing",
      address: networkAddress("small"),
      input: {},
      dependsOn: [],
      timeoutMs: 1_000,
      retry: { maxAttempts: 1, backoff: "linear", initialDelayMs: 0, maxDelayMs: 0 },
      onFailure: "fail",
    },
  ],
  parallelLimit: 1,
  labels: { purpose: "request" },
  createdAt: Date.now(),
  notBefore: Date.now() + 3_600_000,
});
const opened = await service.logs.open(id);
const { log } = opened;

const url = `http://127.0.0.1:${proxyPort}/tasks/${id}/events`;
const headers = { authorization: "Bearer token" };
/** Asks for everything and reads the first bytes only. */
const slow = connect(servicePort, "127.0.0.1");
slow.write(`GET /tasks/${id}/events HTTP/1.1\r\nhost: 127.0.0.1:${proxyPort}\r\nauthorization: Bearer token\r\n\r\n`);
await new Promise((resolve) => slow.once("data", resolve));
slow.pause();

const began = performance.now();
const reading = read();
await write();
const written = performance.now() - began;
await service.engine.cancel(id, "streams", "everything was told");
const { seen, lost, repeated, delays, connections } = await reading;
delays.sort((a, b) => a - b);
const at = (share) => delays[Math.min(delays.length - 1, Math.floor(delays.length * share))];
console.log(`${seen} of ${total} lines, ${lost} lost, ${repeated} told twice`);
console.log(
  `${cuts} connections were cut, ${connections} made; written in ${(written / 1000).toFixed(1)} s beside a reader that hardly reads`,
);
console.log(`delay p50 ${at(0.5).toFixed(0)} ms, p99 ${at(0.99).toFixed(0)} ms, most ${at(1).toFixed(0)} ms`);
slow.destroy();
await opened.release();
proxy.close();
await app.close();
await service.close();
await rm(folder, { recursive: true, force: true });
process.exit(lost === 0 && repeated === 0 && seen === total ? 0 : 1);

/** In steps of ten milliseconds. */
async function write() {
  let number = 0;
  const start = Date.now();
  while (number < total) {
    const due = Math.min(total, Math.floor(((Date.now() - start) / 1000) * perSecond));
    for (; number < due; number += 1) {
      const data = { type: "note", text: `line ${number + 1}`, at: Date.now() };
      log.append(JSON.stringify({ time: "", level: "info", traceId: "", event: "action", data }));
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await log.flush();
}

async function read() {
  const found = { seen: 0, lost: 0, repeated: 0, delays: [], connections: 0 };
  let last = 0;
  let isOver = false;
  while (!isOver) {
    found.connections += 1;
    try {
      const answer = await fetch(url, { headers: { ...headers, ...(last === 0 ? {} : { "last-event-id": String(last) }) } });
      const parser = createParser({
        onEvent({ id: number, event, data }) {
          if (event === "end") isOver = true;
          if (event !== "action") return;
          const now = Number(number);
          if (now <= last) found.repeated += 1;
          else found.lost += now - last - 1;
          last = Math.max(last, now);
          found.seen += 1;
          found.delays.push(Date.now() - JSON.parse(data).at);
        },
      });
      const decoder = new TextDecoder();
      for await (const chunk of answer.body) parser.feed(decoder.decode(chunk, { stream: true }));
    } catch {
      // Cut.
    }
  }
  return found;
}

function randomOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
