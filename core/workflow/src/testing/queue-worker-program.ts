/**
 * A process that takes runs from a shared queue until it is killed: `node queue-worker.mjs <effects file> <name> <capacity> <lease ms>
 * <work ms> <poll ms>`, the options of the store as JSON in the variable `STORAGE`. Each effect adds `<time> <name> <run> <token> <attempt>` to the
 * file before it works. Prints `ready`, then `ended <run> <status>` and `failed <code>`. `SIGTERM` drains it.
 */

import { appendFileSync, writeSync } from "node:fs";
import { ProvisioningError, systemClock } from "@provisioning/model";
import { openStorage, type StorageOptions } from "@provisioning/storage";
import { createEngine } from "../engine.js";
import type { OperationContext } from "../handler.js";
import { startWorker } from "../worker.js";

const [effects = "", name = "", capacity = "1", leaseMs = "30000", workMs = "0", pollMs = "5000"] = process.argv.slice(2);

const sample = {
  async execute({ run, token, attempt, signal }: OperationContext) {
    appendFileSync(effects, `${Date.now()} ${name} ${run.id} ${token} ${attempt}\n`);
    await systemClock.sleep(Number(workMs), signal);
    return name;
  },
};

async function main(): Promise<void> {
  const storage = await openStorage(JSON.parse(process.env["STORAGE"] ?? "{}") as StorageOptions);
  const leaseTtlMs = Number(leaseMs);
  const engine = createEngine({ storage, clock: systemClock, random: Math.random, holder: name, leaseTtlMs });
  const handlers = new Map([["sample", sample]]);
  const worker = startWorker({
    engine,
    storage,
    clock: systemClock,
    capacity: Number(capacity),
    pollMs: Number(pollMs),
    handlersFor: async () => handlers,
    onRunEnded: (state) => writeSync(1, `ended ${state.definition.id} ${state.status}\n`),
    onError: (error) => writeSync(1, `failed ${error instanceof ProvisioningError ? error.code : String(error)}\n`),
  });
  process.once("SIGTERM", () => void worker.drain().then(() => storage.close()));
  writeSync(1, "ready\n");
}

await main();
