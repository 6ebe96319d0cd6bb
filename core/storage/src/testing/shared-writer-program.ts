/**
 * A process that writes to a shared store until it is killed: `node shared-writer.mjs <writers>`, the options of the store as JSON in the
 * variable `STORAGE`. Prints `ready`, then what was acknowledged: `run <id> <version>`, `pair <name> <version>`. For tests that kill it.
 */

import { writeSync } from "node:fs";
import type { OperationId, RunEvent } from "@provisioning/model";
import { openStorage, type StorageOptions } from "../open.js";
import type { Storage } from "../ports/storage.js";
import { runScope } from "../ports/run-store.js";
import { sampleResource, sampleRun } from "./samples.js";

const [writers = "1"] = process.argv.slice(2);
const operation = "one" as OperationId;

/** A run with its life in three writes, the last two under a token. */
async function writeRun({ runs, leases }: Storage): Promise<void> {
  const definition = sampleRun();
  const { id } = definition;
  const say = (version: number) => writeSync(1, `run ${id} ${version}\n`);
  const at = Date.now();
  say(await runs.submit(definition));
  const lease = await leases.acquire(runScope(id), "writer", 60_000);
  const { token } = lease;
  const begin: readonly RunEvent[] = [
    { type: "runClaimed", at, holder: "writer", token },
    { type: "operationStarted", at, operation, attempt: 1, token },
  ];
  say(await runs.append(id, 1, begin, token));
  const end: readonly RunEvent[] = [
    { type: "operationCompleted", at, operation, attempt: 1, output: "x".repeat(Math.floor(Math.random() * 3000)) },
    { type: "runEnded", at, status: "completed" },
  ];
  say(await runs.append(id, 3, end, token));
  await leases.release(lease);
}

/** Two resources that always change together. */
async function writePair({ resources }: Storage, name: string, expected: number): Promise<void> {
  const record = (suffix: string) => sampleResource(`${name}-${suffix}`, { attributes: { write: expected } });
  await resources.write(["a", "b"].map((suffix) => ({ type: "put", record: record(suffix), expected })));
  writeSync(1, `pair ${name} ${expected + 1}\n`);
}

async function main(): Promise<void> {
  const storage = await openStorage(JSON.parse(process.env["STORAGE"] ?? "{}") as StorageOptions);
  writeSync(1, "ready\n");
  const write = async (_: unknown, index: number) => {
    for (let version = 0; ; version += 1) {
      await writeRun(storage);
      await writePair(storage, `w${process.pid}-${index}`, version);
    }
  };
  await Promise.all(Array.from({ length: Number(writers) }, write));
}

await main();
