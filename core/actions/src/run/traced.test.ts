import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  infraName,
  type MonitoringConfig,
  networkAddress,
  newRunId,
  type OperationId,
  type RunDefinition,
} from "@provisioning/model";
import { SlotPool } from "@provisioning/workflow";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { testContext } from "../testing/test-context.js";
import { InfraTurns } from "./infra-turns.js";
import { monitoringLabel } from "./monitoring.js";
import { traced } from "./traced.js";

const received: string[] = [];
const collector = createServer((request, response) => {
  request.setEncoding("utf8");
  request.on("data", (text: string) => received.push(text));
  request.on("end", () => response.writeHead(200, { "content-type": "application/json" }).end("{}"));
});
beforeAll(() => new Promise<void>((resolve) => collector.listen(0, "127.0.0.1", resolve)));
beforeEach(() => received.splice(0));
afterAll(() => void collector.close());

const operation = "step" as OperationId;

function runOf(telemetry: Partial<MonitoringConfig["telemetry"]> = {}): RunDefinition {
  const { port } = collector.address() as AddressInfo;
  const infra = infraName("shop");
  const definition = {
    id: operation,
    title: "make one",
    action: "server.reconcile",
    address: networkAddress(infra),
    input: {},
    dependsOn: [],
    timeoutMs: 1_000,
    retry: { maxAttempts: 1, backoff: "linear", initialDelayMs: 0, maxDelayMs: 0 },
    onFailure: "fail",
  } as const;
  const labels = monitoringLabel({
    enabled: true,
    metricsEndpoint: "/metrics",
    stateStore: "rkvs",
    checkpointFrequencyMs: 10_000,
    telemetry: { enabled: true, endpoint: `http://127.0.0.1:${port}`, serviceName: "shop", ...telemetry },
  });
  return { id: newRunId(), name: "deploy", infra, operations: [definition], parallelLimit: 1, labels, createdAt: Date.now() };
}

const work = (note: (event: never) => void): Promise<string> => {
  const at = Date.now();
  note({ type: "operationStarted", at, operation, attempt: 1 } as never);
  note({ type: "operationCompleted", at: at + 5, operation, output: null } as never);
  note({ type: "runEnded", at: at + 6, status: "completed" } as never);
  return Promise.resolve("done");
};

describe("work on a run whose workflow has a collector of its own", () => {
  it("is traced there by a command, which ends when the traces are sent", async () => {
    expect(await traced(testContext("/nowhere"), runOf(), work)).toBe("done");
    const sent = received.join("");
    for (const name of ["run deploy", "make one", "attempt 1"]) expect(sent).toContain(`"name":"${name}"`);
    expect(sent).toContain('{"stringValue":"shop"}');
  });

  it("is left to the service where there is one: it sees all that is stored", async () => {
    const { signal: release } = new AbortController();
    const service = { slots: new SlotPool(), turns: new InfraTurns(), waits: () => () => {}, release };
    await traced({ ...testContext("/nowhere"), service }, runOf(), work);
    expect(received).toEqual([]);
  });

  it("is not traced when it is not wanted", async () => {
    await traced(testContext("/nowhere"), runOf({ enabled: false }), work);
    expect(received).toEqual([]);
  });

  it("goes well without the collector, and says so", async () => {
    const context = testContext("/nowhere");
    expect(await traced(context, runOf({ endpoint: "http://127.0.0.1:9" }), work)).toBe("done");
    expect(context.events).toContainEqual({
      type: "warning",
      text: expect.stringContaining("Traces of the workflow could not be sent") as string,
    });
  });
});
