import { type JsonObject, textOf } from "@provisioning/model";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestService, type TestService, thinkingWorkflow } from "../testing/test-service.js";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const traceparent = { traceparent: `00-${TRACE}-b7ad6b7169203331-01` };

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ files: { "workflows/think.json": JSON.stringify(thinkingWorkflow()) } });
});
afterAll(() => service.close());

const linesOf = (trace: string) => service.logged.filter((line) => line.trace_id === trace);
const messages = (lines: readonly JsonObject[]) => lines.map(({ level, message }) => `${textOf(level)} ${textOf(message)}`);

describe("the log of a service", () => {
  it("has the trace of the request on every line about the run that it made", async () => {
    const answer = await service.post("/workflows", { document: thinkingWorkflow(), wait: true }, traceparent);
    const { id } = (await answer.json()) as { readonly id: string };
    await expect.poll(() => messages(linesOf(TRACE))).toContain("info request");
    expect(messages(linesOf(TRACE))).toEqual(["debug run submitted", "info run started", "info run ended", "info request"]);
    expect(linesOf(TRACE).slice(0, 3)).toEqual(
      Array.from({ length: 3 }, () => expect.objectContaining({ run: id, name: "think", infra: "workspace" }) as object),
    );
  });

  it("gives the run that an action makes the trace of the task, in its labels, its log and its lines", async () => {
    const trace = TRACE.replace("0af", "1bf");
    const body = { input: { file: "workflows/think.json" } };
    const answer = await service.post("/actions/workflow.run?wait=true", body, {
      traceparent: traceparent.traceparent.replace("0af", "1bf"),
    });
    const task = (await answer.json()) as { readonly id: string; readonly run: string; readonly status: string };
    expect(task.status).toBe("completed");
    const runs = new Set(linesOf(trace).flatMap(({ run }) => (run === undefined ? [] : [run])));
    expect(runs).toEqual(new Set([task.id, task.run]));
    const log = (await service.file(`runtime/logs/tasks/${task.id}.ndjson`)).trim().split("\n");
    expect(log.map((line) => (JSON.parse(line) as JsonObject).traceId)).toEqual(log.map(() => trace));
  });

  it("tells of what failed, and why", async () => {
    const trace = TRACE.replace("0af", "2cf");
    const document = thinkingWorkflow("doubt", ["answer = 1 / 0"]);
    await service.post("/workflows", { document, wait: true }, { traceparent: traceparent.traceparent.replace("0af", "2cf") });
    const lines = linesOf(trace).filter(({ level }) => level === "error");
    expect(messages(lines)).toEqual(["error operation failed", "error run ended"]);
    expect(lines[0]).toMatchObject({ operation: "step-1", code: expect.any(String), permanent: true });
  });
});
