/** What is asked of a run of a workflow document over HTTP, and what becomes of the run. */

import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ServedWorkspace, serveWorkspace } from "../testing/served-workspace.js";

/** Calls of the steps, each answered when the test says so. */
interface Called {
  readonly name: string;
  readonly response: ServerResponse;
}

let service: ServedWorkspace;
let calls: Called[] = [];
const server = createServer((request, response) => void calls.push({ name: request.url?.slice(1) ?? "", response }));

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  service = await serveWorkspace({
    flags: { "notifications.allow_private_addresses": "yes", "workflows.service_environment": "FIRST,SECOND,THIRD" },
    environment: { FIRST: `${at}/first`, SECOND: `${at}/second`, THIRD: `${at}/third` },
  });
});
beforeEach(() => {
  calls = [];
});
afterEach(() => {
  for (const { response } of calls) if (!response.writableEnded) response.end("ok");
});
afterAll(async () => {
  await service.close();
  server.closeAllConnections();
  server.close();
});

interface Run {
  readonly id: string;
  readonly status: string;
  readonly interrupted: boolean;
  readonly operations: readonly { readonly id: string; readonly status: string; readonly attempts: number }[];
}

interface Task {
  readonly status: string;
  readonly error?: unknown;
  readonly result?: Run;
}

const step = (name: string, after: readonly string[]) => ({
  name,
  task: "notifications.webhook",
  depends_on: after,
  params: { webhook: `\${${name.toUpperCase()}}`, message: "called" },
  retry: { max_attempts: 1 },
});

/** A run of calls, one after the other, whose first call is under way. */
async function begun(names: readonly string[] = ["first", "second"]): Promise<string> {
  const steps = names.map((name, index) => step(name, names.slice(Math.max(0, index - 1), index)));
  const document = { apiVersion: "provisioning/v1", kind: "Workflow", metadata: { name: "calls" }, spec: { steps } };
  const { id } = (await service.ask("/workflows", { body: { document } })).json<{ id: string }>();
  await called("first");
  return id;
}

async function called(name: string, times = 1): Promise<Called> {
  await expect.poll(() => calls.filter((call) => call.name === name).length).toBe(times);
  return calls.filter((call) => call.name === name).at(-1) as Called;
}

const runOf = async (id: string) => (await service.ask(`/workflows/${id}/status`)).json<Run>();
const statusOf = async (id: string) => (await runOf(id)).status;
const operationsOf = async (id: string) =>
  (await runOf(id)).operations.map((operation) => `${operation.id} ${operation.status} ${operation.attempts}`);
const ask = (id: string, what: string, body: object = {}) => service.ask(`/workflows/${id}/${what}`, { body });
const wait = async (id: string, what: string, body: object = {}) =>
  (await service.ask(`/workflows/${id}/${what}?wait=true`, { body })).json<Task>();

async function paused(names?: readonly string[]): Promise<string> {
  const id = await begun(names);
  expect((await ask(id, "pause")).json()).toMatchObject({ status: "running", interrupted: false });
  (await called("first")).response.end("ok");
  const seen: Run[] = [];
  do seen.push(await runOf(id));
  while (seen.at(-1)?.status !== "paused");
  expect(seen.filter(({ interrupted }) => interrupted)).toEqual([]);
  return id;
}

async function failed(): Promise<string> {
  const id = await begun();
  (await called("first")).response.writeHead(400).end("no");
  await expect.poll(() => statusOf(id)).toBe("failed");
  return id;
}

describe("a run of a workflow document", () => {
  it("starts nothing more when it is paused, and goes on when it is resumed", async () => {
    const id = await paused();
    expect(await operationsOf(id)).toEqual(["first completed 1", "second pending 0"]);
    const resumed = wait(id, "resume");
    (await called("second")).response.end("ok");
    expect(await resumed).toMatchObject({ status: "completed", result: { id, status: "completed" } });
    expect(calls.map(({ name }) => name)).toEqual(["first", "second"]);
  });

  it("goes on with what failed when it is retried", async () => {
    const id = await failed();
    const retried = wait(id, "retry");
    (await called("first", 2)).response.end("ok");
    (await called("second")).response.end("ok");
    expect(await retried).toMatchObject({ status: "completed", result: { id, status: "completed" } });
    expect(calls.map(({ name }) => name)).toEqual(["first", "first", "second"]);
  });

  it("goes on without what is skipped", async () => {
    const id = await paused();
    expect((await ask(id, "skip", { operation: "second" })).json()).toMatchObject({ status: "paused" });
    expect(await wait(id, "resume")).toMatchObject({ status: "completed", result: { id, status: "completed" } });
    expect(await operationsOf(id)).toEqual(["first completed 1", "second passed 0"]);
    expect(calls.map(({ name }) => name)).toEqual(["first"]);
  });

  it("ends when it is cancelled", async () => {
    const id = await begun();
    expect((await ask(id, "cancel", { reason: "not today" })).status).toBe(200);
    await expect.poll(() => statusOf(id)).toBe("cancelled");
    expect(await operationsOf(id)).toEqual(["first cancelled 1", "second cancelled 0"]);
  });

  it("keeps the settings of its call also when nobody waits for it", async () => {
    const document = {
      apiVersion: "provisioning/v1",
      kind: "Workflow",
      metadata: { name: "calls" },
      spec: { steps: [step("first", [])] },
    };
    const input = { document, wait: false };
    const flags = { "notifications.allow_private_addresses": "no" };
    const accepted = await service.ask("/actions/workflow.run", { body: { input, flags } });
    expect(accepted.status).toBe(202);
    const { id } = accepted.json<{ id: string }>();
    const task = async () => (await service.ask(`/tasks/${id}`)).json<Task>();
    await expect.poll(async () => (await task()).status).toBe("failed");
    expect(JSON.stringify((await task()).error)).toContain("ADDRESS_REFUSED");
    expect(calls).toEqual([]);
  });

  it("lets what is under way finish when it is stopped as a task, and starts nothing more", async () => {
    const id = await begun();
    expect((await service.ask(`/tasks/${id}/cancel`, { body: {} })).status).toBe(200);
    (await called("first")).response.end("ok");
    await expect.poll(() => statusOf(id)).toBe("cancelled");
    expect(await operationsOf(id)).toEqual(["first completed 1", "second cancelled 0"]);
  });

  it("is undone when it is rolled back", async () => {
    const id = await begun();
    (await called("first")).response.end("ok");
    (await called("second")).response.end("ok");
    await expect.poll(() => statusOf(id)).toBe("completed");
    const { status, result } = await wait(id, "rollback");
    expect([status, result?.status]).toEqual(["completed", "rolledBack"]);
    expect(await statusOf(id)).toBe("rolledBack");
  });

  it("is stopped with the request that resumed it", async () => {
    const id = await paused(["first", "second", "third"]);
    const { id: task } = (await ask(id, "resume")).json<{ id: string }>();
    const { response } = await called("second");
    expect((await service.ask(`/tasks/${task}/cancel`, { body: { mode: "drain" } })).status).toBe(200);
    response.end("ok");
    await expect.poll(() => statusOf(id)).toBe("cancelled");
    expect(await operationsOf(id)).toEqual(["first completed 1", "second completed 1", "third cancelled 0"]);
  });
});
