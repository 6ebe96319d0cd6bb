/** The databases: one PostgreSQL and two Redis with different durability, each with its data in a temporary folder. */

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, open, rm } from "node:fs/promises";
import { createConnection, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startPostgres, whyNoPostgres } from "@provisioning/storage/testing";

export async function postgresServer() {
  const reason = await whyNoPostgres();
  if (reason !== undefined) return { reason };
  const server = await startPostgres();
  return { ...server, remove: () => server.remove() };
}

/** `settings`: words of its command line. */
export async function redisServer(settings) {
  if (spawnSync("redis-server", ["--version"]).status !== 0) return { reason: "redis-server is not installed" };
  const folder = await mkdtemp(join(tmpdir(), "provisioning-redis-"));
  const port = await freePort();
  const words = ["--port", port, "--bind", "127.0.0.1", "--dir", folder, ...settings].map(String);
  const server = spawn("redis-server", words, { stdio: "ignore" });
  while (!(await answers(port))) await sleep(20);
  return {
    port,
    async remove() {
      const ended = once(server, "exit");
      server.kill("SIGKILL");
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** How often this disk syncs a small write, one after the other. */
export async function syncsPerSecond() {
  const folder = await mkdtemp(join(tmpdir(), "provisioning-sync-"));
  const handle = await open(join(folder, "bare"), "ax");
  const data = Buffer.alloc(500, "x");
  const count = 1000;
  const began = performance.now();
  for (let done = 0; done < count; done += 1) {
    await handle.write(data);
    await handle.datasync();
  }
  const perSecond = (count / (performance.now() - began)) * 1000;
  await handle.close();
  await rm(folder, { recursive: true });
  return perSecond;
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

function answers(port) {
  return new Promise((resolve) => {
    const socket = createConnection(port, "127.0.0.1");
    const answer = (isThere) => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once("connect", () => answer(true));
    socket.once("error", () => answer(false));
  });
}
