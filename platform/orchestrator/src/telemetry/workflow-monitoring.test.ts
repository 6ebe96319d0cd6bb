/** What a batch workflow says about its own monitoring is what the service does with its runs, also with those that it finds. */

import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SERVICE_PATHS, WORKFLOW_PURPOSE } from "@provisioning/actions";
import {
  infraName,
  type JsonObject,
  type MonitoringConfig,
  networkAddress,
  newRunId,
  type OperationDefinition,
  type OperationId,
  type RunDefinition,
  systemClock,
  textOf,
} from "@provisioning/model";
import { openStorage } from "@provisioning/storage";
import { afterEach, describe, expect, it } from "vitest";
import { type Collector, startCollector } from "../testing/collector.js";
import { startTestService, type TestService } from "../testing/test-service.js";

const infra = infraName("shop");

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

type Wanted = Partial<Omit<MonitoringConfig, "telemetry">> & { readonly telemetry?: Partial<MonitoringConfig["telemetry"]> };

function runOf(name: string, { telemetry, ...wanted }: Wanted, steps: readonly JsonObject[] = [THINK]): RunDefinition {
  const monitoring: MonitoringConfig = {
    enabled: true,
    metricsEndpoint: "/metrics",
    stateStore: "rkvs",
    checkpointFrequencyMs: 10_000,
    ...wanted,
    telemetry: { enabled: false, serviceName: "provisioning", ...telemetry },
  };
  const operations = steps.map(
    ({ task, ...params }, index): OperationDefinition => ({
      id: `step-${index + 1}` as OperationId,
      title: `step-${index + 1}`,
      action: `task.${textOf(task)}`,
      address: networkAddress(infra),
      input: { task: textOf(task), params },
      dependsOn: index === 0 ? [] : [{ on: `step-${index}` as OperationId, type: "hard" }],
      timeoutMs: 60_000,
      retry: { maxAttempts: 1, backoff: "linear", initialDelayMs: 0, maxDelayMs: 0 },
      onFailure: "fail",
    }),
  );
  const labels = { purpose: WORKFLOW_PURPOSE, monitoring: JSON.stringify(monitoring) };
  return { id: newRunId(), name, infra, operations, parallelLimit: 1, labels, createdAt: Date.now() };
}

const THINK = { task: "provisioning.evaluate", condition: "answer = 6 * 7" };

/** A service that finds these runs. */
async function carryOut(runs: readonly RunDefinition[], flags: JsonObject = {}, into?: string): Promise<TestService> {
  const folder = into ?? (await emptyFolder());
  const storage = await openStorage({ type: "filesystem", mode: "write", dataDir: folder, clock: systemClock, command: "test" });
  for (const run of runs) await storage.runs.submit(run);
  await storage.close();
  return serve({ "storage.data_dir": folder, ...flags });
}

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "provisioning-monitoring-"));
  closing.push(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function serve(flags: JsonObject): Promise<TestService> {
  const service = await startTestService({ flags });
  closing.push(() => service.close());
  return service;
}

async function collect(): Promise<Collector> {
  const collector = await startCollector();
  closing.push(() => collector.close());
  return collector;
}

const statusOf = async (service: TestService, { id }: RunDefinition) =>
  ((await (await service.get(`/tasks/${id}`)).json()) as { readonly status: string }).status;

describe("the telemetry of a workflow", () => {
  it("sends the traces of its runs, and of no others, to its collector under its name", async () => {
    const [own, shared] = [await collect(), await collect()];
    const traced = runOf("traced", { telemetry: { enabled: true, endpoint: own.url, serviceName: "shop-deployments" } });
    const off = runOf("off", { enabled: false, telemetry: { enabled: true, endpoint: own.url } });
    const service = await carryOut([traced, off], { "orchestrator.otlp_endpoint": shared.url });
    await expect.poll(() => statusOf(service, traced)).toBe("completed");
    await expect.poll(() => statusOf(service, off)).toBe("completed");
    await expect.poll(() => own.spans.map(({ name }) => name).sort()).toEqual(["attempt 1", "run traced", "step-1"]);
    expect(own.resource).toContain("shop-deployments");
    expect(own.paths).toEqual(new Set(["/v1/traces"]));
    await closing.pop()?.();
    expect(shared.spans.map(({ name }) => name)).toEqual(expect.arrayContaining(["run traced", "run off"]));
    expect(shared.resource).toContain("provisioning-orchestrator");
  });

  it("has sent what is older than checkpoint_frequency while the run still works: a process that dies takes no more with it", async () => {
    const slow = await startSlow();
    const own = await collect();
    const run = runOf("long", { checkpointFrequencyMs: 1_000, telemetry: { enabled: true, endpoint: own.url } }, [
      THINK,
      { task: "notifications.webhook", webhook: slow.url, message: "are you there?" },
    ]);
    const service = await carryOut([run], { "notifications.allow_private_addresses": "yes" });
    await slow.asked;
    await expect.poll(() => own.spans.map(({ name }) => name).sort(), { timeout: 4_000 }).toEqual(["attempt 1", "step-1"]);
    expect(await statusOf(service, run)).toBe("running");
    slow.answer();
    await expect.poll(() => own.spans.map(({ name }) => name)).toContain("run long");
  });

  it("that nobody takes is told in the log and holds nothing up", async () => {
    const run = runOf("alone", { telemetry: { enabled: true, endpoint: "http://127.0.0.1:9" } });
    const service = await carryOut([run]);
    await expect.poll(() => statusOf(service, run)).toBe("completed");
    await expect
      .poll(() => service.logged.map(({ message }) => message), { timeout: 8_000 })
      .toContain("traces of a workflow could not be sent");
  });
});

describe("the metrics of a workflow", () => {
  const ended = (workflow: string) =>
    `provisioning_workflow_runs_ended_total{workflow="${workflow}",infra="shop",status="completed"} 1`;

  it("are at the path that it names, and not among the others then", async () => {
    const moved = runOf("moved", { metricsEndpoint: "/metrics/shop" });
    const stayed = runOf("stayed", {});
    const off = runOf("off", { enabled: false, metricsEndpoint: "/metrics/off" });
    const service = await carryOut([moved, stayed, off]);
    for (const run of [moved, stayed, off]) await expect.poll(() => statusOf(service, run)).toBe("completed");
    const answer = await service.get("/metrics/shop");
    expect(answer.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    const own = await answer.text();
    expect(own).toContain(ended("moved"));
    expect(own).toContain('provisioning_workflow_attempts_total{workflow="moved",infra="shop",outcome="completed"} 1');
    expect(own).not.toContain("stayed");
    const all = await (await service.get("/metrics")).text();
    expect(all).toContain(ended("stayed"));
    expect(all).not.toContain('workflow="moved"');
    expect(all).not.toContain('workflow="off"');
    expect((await service.get("/metrics/off")).status).toBe(404);
    expect((await service.get("/metrics/else")).status).toBe(404);
    expect((await fetch(`${service.url}/metrics/shop`)).status).toBe(401);
  });

  it("are still told there by the next service, before the workflow runs again", async () => {
    const folder = await emptyFolder();
    const moved = runOf("moved", { metricsEndpoint: "/metrics/shop" });
    const first = await carryOut([moved], {}, folder);
    await expect.poll(() => statusOf(first, moved)).toBe("completed");
    await closing.pop()?.();
    const service = await serve({ "storage.data_dir": folder });
    const answer = await service.get("/metrics/shop");
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain("# TYPE provisioning_workflow_runs_ended_total counter");
  });

  it("stay among the others where those have another path", async () => {
    const run = runOf("stayed", {});
    const service = await carryOut([run], { "orchestrator.metrics_path": "/internal/metrics" });
    await expect.poll(() => statusOf(service, run)).toBe("completed");
    expect(await (await service.get("/internal/metrics")).text()).toContain(ended("stayed"));
    expect((await service.get("/metrics")).status).toBe(404);
  });

  it("cannot have a path that the service answers itself", async () => {
    const service = await carryOut([]);
    const { paths } = (await (await service.get("/openapi.json")).json()) as { readonly paths: object };
    const own = Object.keys(paths).map((path) => path.split("/")[1] ?? "");
    const firsts = new Set([...own.filter((first) => first !== "metrics"), "ws"]);
    expect([...SERVICE_PATHS].sort()).toEqual([...firsts].sort());
  });
});

/** Answers when it is told to. */
async function startSlow(): Promise<{ readonly url: string; readonly asked: Promise<void>; answer(): void }> {
  const waiting: ServerResponse[] = [];
  let wasAsked = () => {};
  const asked = new Promise<void>((resolve) => {
    wasAsked = resolve;
  });
  const server = createServer((_, response) => {
    waiting.push(response);
    wasAsked();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    asked,
    answer() {
      for (const response of waiting.splice(0)) response.end("ok");
    },
  };
}
