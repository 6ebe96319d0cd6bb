/**
 * From the start of the process to its first answer with 10,000 stored tasks, beside an empty program; and its memory when idle.
 * Build first, then: `node bench/orchestrator/start.mjs`
 */

import { spawn } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { nodeFlags } from "../../core/cli/dist/commands/orchestrator/node-flags.js";
import { median } from "../measure/measure.mjs";
import { createClient, makeWorkspace, memoryOf, ONE_STEP, untilIdle } from "./service.mjs";

const TASKS = 10_000;
const ROUNDS = 7;
const root = fileURLToPath(new URL("../../", import.meta.url));
const program = [...nodeFlags({}, availableParallelism()), join(root, "platform/orchestrator/launcher/service.cjs")];

const workspace = await makeWorkspace();
const filling = await workspace.serve("--max-queued", String(TASKS));
const client = createClient(filling, 64);
await Promise.all(
  Array.from({ length: 64 }, async (_, lane) => {
    for (let index = lane; index < TASKS; index += 64) await client.send("POST", "/workflows", ONE_STEP);
  }),
);
await untilIdle(client);
client.close();
await filling.stop();

const empty = [];
const started = [];
let memory;
for (let round = 0; round < ROUNDS; round += 1) {
  empty.push(await timeOfEmpty());
  const { ms, idle } = await timeOfService();
  started.push(ms);
  memory = idle;
}
const own = median(started) - median(empty);
console.log(
  `an empty program ${median(empty).toFixed(0)} ms, healthy after ${median(started).toFixed(0)} ms: ${own.toFixed(0)} ms beyond Node's own start`,
);
console.log(`memory when idle ${memory.now} MB`);
await workspace.remove();

function timeOfEmpty() {
  return new Promise((resolve) => {
    const began = performance.now();
    spawn(process.execPath, ["-e", "0"], { env: workspace.env }).on("exit", () => resolve(performance.now() - began));
  });
}

async function timeOfService() {
  const file = join(workspace.dir, "runtime/orchestrator/service.json");
  await rm(file, { force: true });
  const began = performance.now();
  const child = spawn(
    process.execPath,
    [...program, "--workspace", workspace.dir, "--port", "0", "--provisioning-path", root, "--log-level", "warn"],
    { env: workspace.env, stdio: "ignore" },
  );
  let url;
  for (;;) {
    url ??= await readFile(file, "utf8").then(
      (text) => JSON.parse(text).url,
      () => undefined,
    );
    if (
      url !== undefined &&
      (await fetch(`${url}/health`).then(
        (answer) => answer.ok,
        () => false,
      ))
    )
      break;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  const ms = performance.now() - began;
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const idle = await memoryOf(child.pid);
  child.kill("SIGTERM");
  await new Promise((resolve) => child.on("exit", resolve));
  return { ms, idle };
}
