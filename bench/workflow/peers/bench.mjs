/**
 * Durable one-step tasks by us and by queues and workflow engines for Node, with 64 at once. Build first, then:
 *
 *     node bench/workflow/peers/bench.mjs [--tasks 2000] [--rounds 3] [--peer pg-boss]…   (ours on PostgreSQL and those that are named)
 *
 * Every contestant submits, claims, runs an empty step and stores that it is done, with the same durability: what was acknowledged is on
 * disk (exceptions say so). All that use PostgreSQL use one server, each round with a database of its own. Submitter and worker share one
 * process for each contestant; contestants take turns, and the medians of the rounds count.
 */

import { fork, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { median } from "../../measure/measure.mjs";
import { floors } from "./floors.mjs";
import { install } from "./packages.mjs";
import { postgresServer, redisServer } from "./servers.mjs";

const CAPACITY = 64;
const BASE = "provisioning, PostgreSQL";

/** `on`: which server it needs. */
const CONTESTANTS = [
  { name: BASE, module: "provisioning", variant: "postgres", on: "postgres" },
  { name: "provisioning, files", module: "provisioning", variant: "filesystem" },
  { name: "provisioning, SurrealDB embedded", module: "provisioning", variant: "surrealdb-embedded" },
  { name: "provisioning, memory (not durable)", module: "provisioning", variant: "memory" },
  { name: "graphile-worker", module: "graphile-worker", on: "postgres", packages: { "graphile-worker": "0.18.0" } },
  { name: "pg-boss, polled", module: "pg-boss", variant: "polled", on: "postgres", packages: { "pg-boss": "12.35.0" } },
  { name: "pg-boss, woken", module: "pg-boss", variant: "woken", on: "postgres", packages: { "pg-boss": "12.35.0" } },
  { name: "DBOS, queued", module: "dbos", variant: "queued", on: "postgres", packages: { "@dbos-inc/dbos-sdk": "5.3.0" } },
  { name: "DBOS, direct", module: "dbos", variant: "direct", on: "postgres", packages: { "@dbos-inc/dbos-sdk": "5.3.0" } },
  { name: "BullMQ, every write synced", module: "bullmq", on: "redisSynced", packages: { bullmq: "6.7.0", ioredis: "5.10.0" } },
  { name: "BullMQ, defaults (not durable)", module: "bullmq", on: "redis", packages: { bullmq: "6.7.0", ioredis: "5.10.0" } },
];

const { values } = parseArgs({
  options: {
    tasks: { type: "string", default: "2000" },
    rounds: { type: "string", default: "3" },
    peer: { type: "string", multiple: true, default: [] },
  },
});
const tasks = Number(values.tasks);
const rounds = Number(values.rounds);

const isChosen = ({ name }) => name === BASE || values.peer.length === 0 || values.peer.some((peer) => name.includes(peer));
const chosen = CONTESTANTS.filter(isChosen);
const folder = mkdtempSync(join(tmpdir(), "provisioning-peers-"));
const servers = await startServers();
try {
  const ready = chosen.map(prepare).filter((contestant) => contestant !== undefined);
  const numbers = new Map(ready.map(({ name }) => [name, []]));
  await printFloors();
  for (let round = 1; round <= rounds; round += 1) {
    for (const contestant of ready) {
      const measured = await measure(contestant, round).catch((error) => console.log(`${contestant.name}: ${error.message}`));
      if (measured !== undefined) numbers.get(contestant.name).push(measured);
    }
  }
  print(numbers);
} finally {
  for (const server of Object.values(servers)) await server.remove?.();
  rmSync(folder, { recursive: true, force: true });
}

async function startServers() {
  const needed = new Set(chosen.map(({ on }) => on));
  const synced = ["--appendonly", "yes", "--appendfsync", "always", "--save", ""];
  return {
    ...(needed.has("postgres") ? { postgres: await postgresServer() } : {}),
    ...(needed.has("redisSynced") ? { redisSynced: await redisServer(synced) } : {}),
    ...(needed.has("redis") ? { redis: await redisServer([]) } : {}),
  };
}

/** Installs what it needs. Who cannot take part is named. */
function prepare(contestant) {
  const { name, on, packages } = contestant;
  const server = on === undefined ? {} : servers[on];
  const installed = server.reason === undefined && packages !== undefined ? install(packages) : {};
  const reason = server.reason ?? installed.reason;
  if (reason === undefined) return { ...contestant, folder: installed.folder };
  console.log(`skipped: ${name}: ${reason}`);
  return undefined;
}

async function printFloors() {
  const { syncs, rows } = await floors(servers.postgres, CAPACITY, folder);
  console.log(`a small write and sync, one after the other: ${syncs.toFixed(0)}/s`);
  if (rows === undefined) return;
  console.log(
    `PostgreSQL alone, ${CAPACITY} connections: a row inserted, updated, updated again, each committed: ${rows.toFixed(0)}/s`,
  );
}

/** One round, in a process and a database of its own. */
async function measure({ name, module, variant, on, folder: packages }, round) {
  const settings = { variant, capacity: CAPACITY, packages, folder: join(folder, `${module}-${variant}-${round}`) };
  const database = `round_${round}_${name.replaceAll(/[^a-zA-Z]+/g, "_").toLowerCase()}`;
  if (on === "postgres") {
    sql(`create database ${database}`);
    sql("checkpoint");
    settings.url = servers.postgres.url.replace(/[^/]*$/, database);
  } else if (on !== undefined) settings.port = servers[on].port;
  const child = fork(fileURLToPath(new URL("measure-one.mjs", import.meta.url)), [], {
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let complaints = "";
  child.stderr.on("data", (text) => (complaints += text));
  child.send({ module: `./contestants/${module}.mjs`, settings, tasks });
  let numbers;
  child.on("message", (message) => (numbers = message));
  await once(child, "exit");
  if (on === "postgres") sql(`drop database ${database} with (force)`);
  if (numbers === undefined) throw new Error(`ended without numbers: ${complaints.slice(-1000)}`);
  return numbers;
}

function sql(statement) {
  const { url } = servers.postgres;
  const { status, stderr } = spawnSync("psql", [url, "-q", "-c", statement], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
}

function print(numbers) {
  const middle = (name, column) => {
    const found = (numbers.get(name) ?? []).map((one) => one[column]).filter((value) => value !== undefined);
    return found.length === 0 ? undefined : median(found);
  };
  const cell = (name, column, digits, base) => {
    const value = middle(name, column);
    if (value === undefined) return "–".padStart(base === undefined ? 9 : 17);
    const share = base === undefined ? "" : ` ${(value / base).toFixed(2).padStart(6)}×`;
    return value.toFixed(digits).padStart(9) + share;
  };
  const [whole, prefilled] = ["whole", "prefilled"].map((column) => middle(BASE, column));
  console.log(
    `\nmedians of ${rounds} rounds of ${tasks} tasks, ${CAPACITY} at once; × beside ${whole === undefined ? "nobody" : BASE}`,
  );
  console.log(
    `${"".padEnd(36)}${"submitted and done/s".padStart(20)}${"prefilled, done/s".padStart(20)}${"submit → start p50, p99 ms".padStart(30)}`,
  );
  for (const name of numbers.keys()) {
    const rates = `${cell(name, "whole", 0, whole ?? 1)}   ${cell(name, "prefilled", 0, prefilled ?? 1)}`;
    console.log(`${name.padEnd(36)}   ${rates}      ${cell(name, "p50", 1)} ${cell(name, "p99", 1)}`);
  }
}
