/**
 * What requests leave behind for the collector: bytes that each allocates, that outlive a small collection, and that get among the old ones, where they stay
 * until memory is collected as a whole. What is forgotten when it is answered should hardly outlive anything.
 * Build first, then: `node bench/orchestrator/survivors.mjs [requests, default 10000]`
 */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createClient, makeWorkspace, ONE_STEP, untilIdle } from "./service.mjs";

const total = Number(process.argv[2] ?? 10_000);
const AT_ONCE = 64;

process.env.NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ""} --import ${new URL("trace-collections.mjs", import.meta.url)}`;
const workspace = await makeWorkspace();
const service = await workspace.serve("--max-queued", String(total));
const client = createClient(service, AT_ONCE);
let read = 0;

/** Of the small collections since this was last asked. */
async function collections() {
  const text = await readFile(join(workspace.dir, "runtime/orchestrator/orchestrator.log"), "utf8");
  const lines = text.slice(read).split("\n");
  read = text.length;
  return lines.filter((line) => line.includes(" gc=s "));
}

async function measure(name, send) {
  await collections();
  let left = total;
  const one = async () => {
    while (left-- > 0) await send();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  await untilIdle(client);
  const lines = await collections();
  const sum = (field) => lines.reduce((all, line) => all + Number(new RegExp(` ${field}=([0-9.]+)`).exec(line)?.[1] ?? 0), 0);
  const each = (field) => (sum(field) / total / 1024).toFixed(1).padStart(6);
  const pause = (sum("pause") / lines.length).toFixed(1);
  console.log(
    `${name.padEnd(12)} KB each: allocated${each("allocated")}, survived${each("new_space_survived")}, promoted${each("promoted")}; ${lines.length} collections of ${pause} ms`,
  );
}

for (let round = 0; round < 2; round += 1) {
  await measure("health", () => client.send("GET", "/health"));
  await measure("unknown task", () => client.send("GET", "/tasks/00000000000000000000000000"));
  await measure("refused", () => client.send("POST", "/workflows", '{"document":{"a":1}}'));
  await measure("run", () => client.send("POST", "/workflows", ONE_STEP));
}
client.close();
await service.stop();
await workspace.remove();
