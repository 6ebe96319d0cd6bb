/** Small valid things to store. */

import {
  DEFAULT_RETRY,
  infraName,
  newRunId,
  type OperationDefinition,
  type OperationId,
  providerName,
  type ResourceRecord,
  type RunDefinition,
  type RunId,
  serverAddress,
  serverName,
} from "@provisioning/model";

export const SAMPLE_TIME = 1_700_000_000_000;

export function sampleOperation(id: string, changes: Partial<OperationDefinition> = {}): OperationDefinition {
  return {
    id: id as OperationId,
    title: `do ${id}`,
    action: "sample",
    address: serverAddress(serverName("web-01")),
    input: {},
    dependsOn: [],
    timeoutMs: 60_000,
    retry: DEFAULT_RETRY,
    onFailure: "fail",
    ...changes,
  };
}

export function sampleRun(changes: Partial<RunDefinition> = {}): RunDefinition {
  return {
    id: newRunId(),
    name: "apply shop",
    infra: infraName("shop"),
    operations: [sampleOperation("one")],
    parallelLimit: 4,
    labels: {},
    createdAt: SAMPLE_TIME,
    ...changes,
  };
}

export function sampleResource(name: string, changes: Partial<ResourceRecord> = {}): ResourceRecord {
  return {
    infra: infraName("shop"),
    address: serverAddress(serverName(name)),
    kind: "server",
    provider: providerName("local"),
    status: "ready",
    spec: { plan: "small" },
    attributes: { ip: "10.0.0.2" },
    dependsOn: [],
    runId: "00000000-0000-7000-8000-000000000000" as RunId,
    updatedAt: SAMPLE_TIME,
    ...changes,
  };
}
