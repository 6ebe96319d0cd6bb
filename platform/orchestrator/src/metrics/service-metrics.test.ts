import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { startTestService, type TestService, thinkingWorkflow } from "../testing/test-service.js";

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.close());

const metrics = async () => (await service.get("/metrics")).text();

/** Value of the series whose line begins like this. */
async function valueOf(series: string): Promise<number> {
  const line = (await metrics()).split("\n").find((one) => one.startsWith(`${series} `));
  return line === undefined ? Number.NaN : Number(line.slice(series.length + 1));
}

const wait = { document: thinkingWorkflow(), wait: true };

describe("the metrics of a service", () => {
  it("count runs, attempts and calls of the storage", async () => {
    const before = await valueOf('provisioning_runs_ended_total{status="completed"}');
    expect(before).toBe(0);
    const answer = await service.post("/workflows", wait);
    expect(answer.status).toBe(200);
    expect(await valueOf('provisioning_runs_submitted_total{purpose="workflow"}')).toBe(1);
    expect(await valueOf('provisioning_runs_ended_total{status="completed"}')).toBe(1);
    expect(await valueOf('provisioning_run_wait_seconds_count{priority="0"}')).toBe(1);
    expect(await valueOf('provisioning_run_duration_seconds_count{status="completed"}')).toBe(1);
    expect(await valueOf('provisioning_operation_attempts_total{action="task.provisioning.evaluate",outcome="completed"}')).toBe(
      1,
    );
    expect(await valueOf('provisioning_store_call_duration_seconds_count{operation="submit"}')).toBe(1);
    expect(await valueOf('provisioning_store_call_duration_seconds_count{operation="append"}')).toBeGreaterThan(0);
    expect(await valueOf("provisioning_event_lag_seconds_count")).toBeGreaterThan(1);
    expect(await valueOf("provisioning_queue_open")).toBe(0);
    await expect.poll(() => valueOf('provisioning_leases_held{kind="run"}')).toBe(0);
    expect(await valueOf('provisioning_leases_lost_total{kind="run"}')).toBe(0);
  });

  it("show what is open, and nothing of clients that went away", async () => {
    const gone = new AbortController();
    const stream = await fetch(`${service.url}/events`, {
      headers: { authorization: `Bearer ${service.token}` },
      signal: gone.signal,
    });
    expect(stream.status).toBe(200);
    expect(await valueOf("provisioning_streams_open")).toBe(1);
    // The stream and the request that asks.
    expect(await valueOf("provisioning_http_requests_in_flight")).toBe(2);
    gone.abort();
    await expect.poll(() => valueOf("provisioning_streams_open")).toBe(0);
    await expect.poll(() => valueOf("provisioning_http_requests_in_flight")).toBe(1);
    // A path that cannot be read is answered before anything else sees it.
    await service.get("/%");
    await expect.poll(() => valueOf("provisioning_http_requests_in_flight")).toBe(1);
  });

  it("count those who listen over a WebSocket, too", async () => {
    const socket = new WebSocket(`${service.url.replace("http", "ws")}/ws`, {
      headers: { authorization: `Bearer ${service.token}` },
    });
    await new Promise((resolve) => socket.once("open", resolve));
    await expect.poll(() => valueOf("provisioning_streams_open")).toBe(1);
    socket.close();
    await expect.poll(() => valueOf("provisioning_streams_open")).toBe(0);
    await expect.poll(() => valueOf("provisioning_http_requests_in_flight")).toBe(1);
  });

  const isInstalled = spawnSync("sh", ["-c", "command -v promtool"]).status === 0;
  it.skipIf(!isInstalled)("are what promtool expects (skipped where Debian's package prometheus is not installed)", async () => {
    await service.post("/workflows", wait);
    const { status, stdout, stderr } = spawnSync("promtool", ["check", "metrics"], { input: await metrics(), encoding: "utf8" });
    expect(`${stdout}${stderr}`).toBe("");
    expect(status).toBe(0);
  });
});
