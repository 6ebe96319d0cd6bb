/**
 * Our engine and worker over one of our storages. A task is a run with one operation: submitted, claimed with a lease, its start
 * recorded before the handler is called, its result recorded after it, the lease given back.
 */

import { infraName, newRunId, serverAddress, serverName, systemClock } from "@provisioning/model";
import { openStorage } from "@provisioning/storage";
import { surrealPackages } from "@provisioning/storage/testing";
import { createEngine, startWorker } from "@provisioning/workflow";

const STORAGES = {
  postgres: ({ url }) => ({ type: "postgres", url, mode: "write" }),
  filesystem: ({ folder }) => ({ type: "filesystem", dataDir: folder, mode: "write" }),
  "surrealdb-embedded": async ({ folder }) => {
    const packages = await surrealPackages();
    if (packages.reason !== undefined) throw new Error(packages.reason);
    return { type: "surrealdb-embedded", dataDir: folder, mode: "write", packagesFolder: packages.folder };
  },
  memory: () => ({ type: "memory" }),
};

const infra = infraName("bench");
const address = serverAddress(serverName("web-01"));
const retry = { maxAttempts: 1, backoff: "linear", initialDelayMs: 1, maxDelayMs: 1 };

function runOf(key) {
  const operation = { id: "step", title: "step", action: "bench", address, input: { key }, dependsOn: [] };
  return {
    id: newRunId(),
    name: "bench",
    infra,
    operations: [{ ...operation, timeoutMs: 600_000, retry, onFailure: "fail" }],
    parallelLimit: 1,
    labels: {},
    createdAt: Date.now(),
  };
}

export async function open(settings) {
  const storage = await openStorage(await STORAGES[settings.variant](settings));
  const engine = createEngine({ storage, clock: systemClock, random: Math.random, holder: "bench" });
  let open = 0;
  return {
    async submit(key) {
      open += 1;
      await engine.submit(runOf(key));
    },
    work(capacity, onStart) {
      const execute = async ({ operation }) => onStart(operation.input.key);
      const handlers = new Map([["bench", { execute }]]);
      const worker = startWorker({
        engine,
        storage,
        clock: systemClock,
        capacity,
        handlersFor: async () => handlers,
        onRunEnded: () => {
          open -= 1;
        },
        onError: (error) => console.error(error),
      });
      return () => worker.drain();
    },
    unfinished: async () => open,
    close: () => storage.close(),
  };
}
