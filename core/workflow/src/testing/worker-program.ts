/**
 * A process that carries out a run until it is killed: `node worker.mjs <dataDir> <effects file> <name>`. The first one submits
 * the run, later ones go on. Each effect adds `<name> <kind> <operation>` to the file before it works; each stored event is told on
 * standard output as `<type> <operation>`. The last operation fails, so that the run is rolled back. For tests that kill it.
 */

import { appendFileSync, writeSync } from "node:fs";
import {
  DEFAULT_RETRY,
  infraName,
  newRunId,
  type OperationDefinition,
  type OperationId,
  ProvisioningError,
  type RunDefinition,
  serverAddress,
  serverName,
  systemClock,
} from "@provisioning/model";
import { openStorage } from "@provisioning/storage";
import { createEngine } from "../engine.js";
import type { OperationContext } from "../handler.js";

const [dataDir = "", effects = "", name = ""] = process.argv.slice(2);
const SIZE = 40;
const id = (index: number) => `op-${index}` as OperationId;

function operation(
  name: OperationId,
  needed: readonly OperationId[],
  changes: Partial<OperationDefinition>,
): OperationDefinition {
  return {
    id: name,
    title: name,
    action: "sample",
    address: serverAddress(serverName("web-01")),
    input: {},
    dependsOn: needed.map((on) => ({ on, type: "hard" })),
    timeoutMs: 60_000,
    retry: { ...DEFAULT_RETRY, initialDelayMs: 1 },
    onFailure: "fail",
    ...changes,
  };
}

/** Each needs one of the four before it; every third shares a lane; the last one needs all and fails. */
function definition(): RunDefinition {
  const operations = Array.from({ length: SIZE }, (_, index) =>
    operation(id(index), index < 4 ? [] : [id(index - 1 - (index % 4))], index % 3 === 0 ? { lane: "shared" } : {}),
  );
  const last = operation(
    "last" as OperationId,
    operations.map((each) => each.id),
    { onFailure: "rollback" },
  );
  const runId = newRunId();
  return {
    id: runId,
    name: "work",
    infra: infraName("shop"),
    operations: [...operations, last],
    parallelLimit: 4,
    labels: {},
    createdAt: Date.now(),
  };
}

async function work(kind: string, { operation: { id: worked }, signal }: OperationContext): Promise<void> {
  appendFileSync(effects, `${name} ${kind} ${worked}\n`);
  await systemClock.sleep(1 + (worked.length % 3) * 3, signal);
  if (worked === "last") throw new ProvisioningError({ code: "LAST", message: "The last one fails.", retry: "never" });
}

async function main(): Promise<void> {
  const storage = await openStorage({ type: "filesystem", dataDir, mode: "write" });
  const engine = createEngine({ storage, clock: systemClock, random: Math.random, holder: name });
  const known = (await storage.runs.list()).runs[0]?.id;
  const runId = known ?? (await engine.submit(definition()));
  writeSync(1, "ready\n");
  const sample = {
    async execute(context: OperationContext) {
      await work("execute", context);
      return name;
    },
    compensate: (context: OperationContext) => work("compensate", context),
  };
  const state = await engine.execute(runId, {
    handlers: new Map([["sample", sample]]),
    observe: (event) => writeSync(1, `${event.type} ${"operation" in event ? event.operation : ""}\n`),
  });
  await storage.close();
  writeSync(1, `${state.status}\n`);
}

await main();
