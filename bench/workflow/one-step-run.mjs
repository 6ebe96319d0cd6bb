/** The smallest run: one operation that does nothing. */

import { infraName, newRunId, serverAddress, serverName } from "@provisioning/model";

const operation = {
  id: "op-0",
  title: "operation 0",
  action: "bench",
  address: serverAddress(serverName("web-01")),
  input: {},
  dependsOn: [],
  timeoutMs: 600_000,
  retry: { maxAttempts: 1, backoff: "linear", initialDelayMs: 1, maxDelayMs: 1 },
  onFailure: "fail",
};

export function oneStepRun() {
  return {
    id: newRunId(),
    name: "bench",
    infra: infraName("bench"),
    operations: [operation],
    parallelLimit: 1,
    labels: {},
    createdAt: Date.now(),
  };
}

export const handlers = new Map([["bench", { execute: async () => null }]]);
