/** What the configuration allows is what the service does. */

import { once } from "node:events";
import type { Problem } from "@provisioning/api";
import { WebSocket } from "ws";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestService, type TestService, thinkingWorkflow } from "../testing/test-service.js";

let service: TestService;
beforeAll(async () => {
  service = await startTestService({
    files: {
      "config/provisioning.yaml": [
        "orchestrator:",
        "  body_limit_kib: 16",
        "  page_size: 2",
        "  longest_wait_seconds: 1",
        "  stream_beat_seconds: 1",
        "  log_level: warn",
        "  max_streams: 2",
        "",
      ].join("\n"),
    },
  });
});
afterAll(() => service.close());

interface Page {
  readonly data: readonly unknown[];
  readonly next?: string;
}

describe("limits of the configuration", () => {
  it("hold for bodies", async () => {
    const answer = await service.post("/workflows", { document: thinkingWorkflow("large", ["x".repeat(17 * 1024)]) });
    expect(answer.status).toBe(413);
    expect(((await answer.json()) as Problem).error).toMatchObject({
      code: "BODY_TOO_LARGE",
      message: "The body has more than 16 KiB.",
      hint: expect.stringContaining("orchestrator.body_limit_kib"),
    });
  });

  it("hold for pages", async () => {
    for (const name of ["one", "two", "three"])
      await service.post("/workflows", { document: thinkingWorkflow(name), wait: true });
    const page = (await (await service.get("/tasks")).json()) as Page;
    expect(page.data).toHaveLength(2);
    expect(page.next).toBeDefined();
  });

  it("hold for the time between two comments of a silent stream", async () => {
    const { body } = await service.get("/events");
    const reader = (body as ReadableStream<Uint8Array>).getReader();
    const started = performance.now();
    for (let text = ""; !text.includes(": keep-alive"); ) {
      const { value, done } = await reader.read();
      if (done) throw new Error("the stream ended");
      text += new TextDecoder().decode(value);
    }
    expect(performance.now() - started).toBeLessThan(12_000);
    await reader.cancel();
  });

  it("hold for streams and WebSockets together", async () => {
    const { body } = await service.get("/events");
    const headers = { authorization: `Bearer ${service.token}` };
    const open = () => new WebSocket(`${service.url.replace("http", "ws")}/ws`, { headers });
    const first = open();
    await once(first, "open");
    const refused = open();
    const [error] = (await once(refused, "error")) as [Error];
    expect(error.message).toContain("429");
    expect((await service.get("/events")).status).toBe(429);
    first.close();
    await once(first, "close");
    const instead = open();
    await once(instead, "open");
    instead.close();
    await body?.cancel();
  });

  it("hold for the log", () => {
    expect(service.logged.filter(({ level }) => level === "info" || level === "debug")).toEqual([]);
  });
});
