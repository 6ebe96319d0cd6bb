import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CollectedSpan, type Collector, startCollector } from "../testing/collector.js";
import { startTestService, type TestService, thinkingWorkflow } from "../testing/test-service.js";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const CALLER = "b7ad6b7169203331";

let collector: Collector;
let service: TestService;

beforeAll(async () => {
  collector = await startCollector();
  service = await startTestService({
    flags: { "orchestrator.otlp_endpoint": `${collector.url}/` },
    files: { "workflows/think.json": JSON.stringify(thinkingWorkflow()) },
  });
});
afterAll(() => collector.close());

describe("traces", () => {
  it("show the way of a request through task, run, operation and attempt, with the trace of the caller", async () => {
    const traceparent = `00-${TRACE}-${CALLER}-01`;
    await service.post("/actions/workflow.run?wait=true", { input: { file: "workflows/think.json" } }, { traceparent });
    const failing = thinkingWorkflow("doubt", ["answer = 1 / 0"]);
    await service.post("/workflows", { document: failing, wait: true }, { traceparent: traceparent.replace("0af", "1bf") });
    // What was not sent yet is sent when the service ends.
    await service.close();
    const { spans } = collector;
    expect(collector.paths).toEqual(new Set(["/v1/traces"]));
    const own = spans.filter(({ traceId }) => traceId === TRACE);
    const named = (name: string) => own.find((span) => span.name === name);
    const parentOf = (span: CollectedSpan | undefined) => own.find(({ spanId }) => spanId === span?.parentSpanId)?.name;
    const request = named("POST /actions/:name");
    expect(request?.parentSpanId).toBe(CALLER);
    expect(named("run think")).toBeDefined();
    expect(parentOf(named("step-1"))).toBe("run think");
    expect(parentOf(own.find((span) => span.name === "attempt 1" && span.parentSpanId === named("step-1")?.spanId))).toBe(
      "step-1",
    );
    const operation = own.find(({ spanId }) => spanId === named("run think")?.parentSpanId);
    const task = own.find(({ spanId }) => spanId === operation?.parentSpanId);
    expect(task?.name).toMatch(/^task workflow.run/);
    expect(parentOf(task)).toBe("POST /actions/:name");
    for (const span of own) expect(BigInt(span.endTimeUnixNano) >= BigInt(span.startTimeUnixNano)).toBe(true);
    const recent = BigInt(Date.now() - 3_600_000) * 1_000_000n;
    for (const span of own) expect(BigInt(span.startTimeUnixNano) > recent).toBe(true);
    expect(collector.resource).toContain("provisioning-orchestrator");
    const failed = spans.filter(({ traceId, status }) => traceId.startsWith("1bf") && status.code === 2);
    expect(failed.map(({ name }) => name).sort()).toEqual(["attempt 1", "run doubt", "step-1"]);
  });

  it("are refused to an address that is none", async () => {
    const started = startTestService({ flags: { "orchestrator.otlp_endpoint": "localhost:4318" } });
    await expect(started).rejects.toMatchObject({ code: "OTLP_ENDPOINT_INVALID" });
  });

  it("that nobody takes hold nothing up", async () => {
    const alone = await startTestService({ flags: { "orchestrator.otlp_endpoint": "http://127.0.0.1:9" } });
    const answer = await alone.post("/workflows", { document: thinkingWorkflow(), wait: true });
    expect(answer.status).toBe(200);
    const began = Date.now();
    await alone.close();
    expect(Date.now() - began).toBeLessThan(4_000);
  });
});

describe("the path of the metrics", () => {
  it("moves with its configuration", async () => {
    const moved = await startTestService({ flags: { "orchestrator.metrics_path": "/internal/prometheus" } });
    expect((await moved.get("/metrics")).status).toBe(404);
    expect(await (await moved.get("/internal/prometheus")).text()).toContain("provisioning_queue_open 0");
    await moved.close();
  });

  it.each(["metrics", "/health", "/with space"])("is refused as %s", async (path) => {
    const started = startTestService({ flags: { "orchestrator.metrics_path": path } });
    await expect(started).rejects.toMatchObject({ code: "METRICS_PATH_INVALID" });
  });
});
