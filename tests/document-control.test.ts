/** What is asked of a run of a workflow document by commands, in process and through a service: what becomes of the run, and what is said. */

import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { RunReport } from "@provisioning/actions";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { fixture, makeWorkspace, type Running, type TestWorkspace } from "./support/platform.js";

interface Called {
  readonly name: string;
  readonly response: ServerResponse;
}

/** Of two steps, one after the other; each calls the test, which answers when it wants to. */
const CALLS = `apiVersion: provisioning/v1
kind: Workflow
metadata: {name: calls}
spec:
  steps:
    - {name: first, task: notifications.webhook, retry: {max_attempts: 1}, params: {webhook: "env://FIRST", message: called}}
    - {name: second, task: notifications.webhook, depends_on: [first], params: {webhook: "env://SECOND", message: called}}
`;

let calls: Called[] = [];
const server = createServer((request, response) => void calls.push({ name: request.url?.slice(1) ?? "", response }));

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  Object.assign(process.env, { FIRST: `${at}/first`, SECOND: `${at}/second` });
});
afterAll(() => {
  delete process.env.FIRST;
  delete process.env.SECOND;
  server.closeAllConnections();
  server.close();
});

async function called(name: string, times = 1): Promise<ServerResponse> {
  const found = () => calls.filter((call) => call.name === name);
  await expect.poll(() => found().length, { timeout: 20_000 }).toBe(times);
  return (found().at(-1) as Called).response;
}

describe.each([
  ["in process", false],
  ["through a service", true],
])("a run of a workflow document, %s,", (_, isServed) => {
  let workspace: TestWorkspace;
  beforeAll(async () => {
    workspace = await makeWorkspace(fixture("small"));
    await mkdir(join(workspace.dir, "workflows"));
    await writeFile(join(workspace.dir, "workflows/calls.yaml"), CALLS);
    await workspace.edit("config/provisioning.yaml", (text) => `${text}\nnotifications:\n  allow_private_addresses: "yes"\n`);
    if (isServed) expect(await workspace.run("orchestrator", "start", "--background", "--port", "0")).toMatchObject({ code: 0 });
  });
  beforeEach(() => {
    calls = [];
  });
  afterEach(() => {
    for (const { response } of calls) if (!response.writableEnded) response.end("ok");
  });
  afterAll(async () => {
    if (isServed) await workspace.run("orchestrator", "stop");
    await rm(dirname(workspace.dir), { recursive: true, force: true });
  });

  const begin = async (): Promise<Running> => {
    const running = workspace.begin("workflow", "run", "workflows/calls.yaml");
    await called("first");
    return running;
  };
  const shown = async () => JSON.parse((await workspace.run("workflow", "status", "-o", "json")).stdout) as RunReport;
  const statuses = async () => {
    const { status, interrupted, operations } = await shown();
    return [status, interrupted, ...operations.map((operation) => operation.status)];
  };
  /** Files are one command's while it works: there only what waits can be paused. With the first call done, or with none. */
  const pause = async (): Promise<void> => {
    const running = isServed ? await begin() : undefined;
    if (!isServed) expect(await workspace.run("workflow", "run", "--no-wait", "workflows/calls.yaml")).toMatchObject({ code: 0 });
    const paused = await workspace.run("workflow", "pause", "last");
    expect(paused.code).toBe(0);
    if (isServed) (await called("first")).end("ok");
    const { code, stdout } = (await running?.ended) ?? { ...paused, code: 130 };
    expect(code).toBe(130);
    expect(stdout).toContain(`■ calls is paused: ${isServed ? 1 : 0} of 2 operations done`);
    expect(stdout).toContain("Go on with: provisioning workflow resume ");
    expect(await statuses()).toEqual(["paused", false, isServed ? "completed" : "pending", "pending"]);
  };

  it("is paused, told as paused, and goes on", async () => {
    await pause();
    const resumed = workspace.begin("workflow", "resume", "last");
    (await called("first")).end("ok");
    (await called("second")).end("ok");
    expect(await resumed.ended).toMatchObject({ code: 0 });
    expect(await statuses()).toEqual(["completed", false, "completed", "completed"]);
    expect(calls.map(({ name }) => name)).toEqual(["first", "second"]);
  });

  it("goes on without what is skipped", async () => {
    await pause();
    expect(await workspace.run("workflow", "skip", "last", "second")).toMatchObject({ code: 0 });
    const resumed = workspace.begin("workflow", "resume", "last");
    (await called("first")).end("ok");
    expect(await resumed.ended).toMatchObject({ code: 0 });
    expect(await statuses()).toEqual(["completed", false, "completed", "passed"]);
  });

  it("ends when it is cancelled while it is paused", async () => {
    await pause();
    expect(await workspace.run("workflow", "cancel", "last")).toMatchObject({ code: 0 });
    expect(await statuses()).toEqual(["cancelled", false, isServed ? "completed" : "cancelled", "cancelled"]);
  });

  it("goes on with what failed when it is retried", async () => {
    const running = await begin();
    (await called("first")).writeHead(400).end("no");
    expect(await running.ended).toMatchObject({ code: 1 });
    const retried = workspace.begin("workflow", "retry", "last", "--yes");
    (await called("first", 2)).end("ok");
    (await called("second")).end("ok");
    expect(await retried.ended).toMatchObject({ code: 0 });
    expect(await statuses()).toEqual(["completed", false, "completed", "completed"]);
  });

  it.runIf(isServed)("ends when it is cancelled", async () => {
    const running = await begin();
    expect(await workspace.run("workflow", "cancel", "last")).toMatchObject({ code: 0 });
    expect(await running.ended).toMatchObject({ code: 130 });
    expect(await statuses()).toEqual(["cancelled", false, "cancelled", "cancelled"]);
  });

  it("is undone when it is rolled back", async () => {
    const running = await begin();
    (await called("first")).end("ok");
    (await called("second")).end("ok");
    expect(await running.ended).toMatchObject({ code: 0 });
    const rolledBack = await workspace.run("workflow", "rollback", "last", "--yes");
    expect((await shown()).status).toBe("rolledBack");
    expect(rolledBack.stdout).toContain("calls rolledBack");
  });
});
