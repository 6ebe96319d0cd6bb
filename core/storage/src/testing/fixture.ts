/** What stores of released formats hold that are kept with the tests: runs in every state, a lease, resources. */

import { infraName, type OperationId, type RunEvent, type RunId } from "@provisioning/model";
import { infraScope } from "../ports/lease-store.js";
import { runScope } from "../ports/run-store.js";
import type { Storage } from "../ports/storage.js";
import { SAMPLE_TIME, sampleResource, sampleRun } from "./samples.js";

const RUNS = 24;
const operation = "one" as OperationId;
const at = SAMPLE_TIME;

/** Each run gets so many of these. */
const LIFE: readonly RunEvent[] = [
  { type: "runClaimed", at, holder: "worker", token: 1 },
  { type: "operationStarted", at, operation, attempt: 1, token: 1 },
  { type: "operationCompleted", at, operation, attempt: 1, output: { text: "ä “quoted” \u2028", filling: "x".repeat(300) } },
  { type: "checkpointReached", at, number: 1, completed: [operation] },
  { type: "runEnded", at, status: "completed" },
];

export async function fillFixture(storage: Storage): Promise<void> {
  for (let index = 0; index < RUNS; index += 1) {
    const id = idOf(index);
    await storage.runs.submit(sampleRun({ id, createdAt: at + index, labels: { index: String(index) } }));
    const events = LIFE.slice(0, index % (LIFE.length + 1));
    for (const [version, event] of events.entries()) await storage.runs.append(id, version + 1, [event]);
  }
  await storage.leases.acquire(runScope(idOf(1)), "worker", 30_000);
  await storage.leases.release(await storage.leases.acquire(infraScope(infraName("shop")), "worker", 30_000));
  for (const name of ["web-01", "web-02"]) await storage.resources.put(sampleResource(name), 0);
  await storage.resources.put(sampleResource("web-01", { status: "failed" }), 1);
}

function idOf(index: number): RunId {
  return `00000000-0000-7000-8000-${index.toString(16).padStart(12, "0")}` as RunId;
}

/** Everything that it holds, in an order that does not change. */
export async function contentOf(storage: Storage): Promise<unknown> {
  const runs = [];
  for (let index = 0; index < RUNS; index += 1) runs.push(await storage.runs.load(idOf(index)));
  return { runs, resources: await storage.resources.list(infraName("shop")) };
}
