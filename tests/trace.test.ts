/** One command through a service: its lines in all logs, joined by its trace. No servers are needed. */

import { execFile } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fixture, makeWorkspace, root, type TestWorkspace } from "./support/platform.js";

interface TraceLine {
  readonly time: string;
  readonly source: string;
  readonly level: string;
  readonly traceId: string;
  readonly message: string;
}

const WORKFLOW = `apiVersion: provisioning/v1
kind: Workflow
metadata: { name: think }
spec:
  steps:
    - { name: multiply, task: provisioning.evaluate, params: { condition: "answer = 6 * 7" } }
`;

let workspace: TestWorkspace;
beforeAll(async () => {
  workspace = await makeWorkspace(fixture("small"));
  await mkdir(join(workspace.dir, "workflows"), { recursive: true });
  await writeFile(join(workspace.dir, "workflows", "think.yaml"), WORKFLOW);
  // The script takes the flags of the command.
  const words = ["--workspace", workspace.dir, "--background", "--port", "0"];
  const env = { ...process.env, XDG_CONFIG_HOME: join(dirname(workspace.dir), "config") };
  const { stdout } = await promisify(execFile)(join(root, "scripts", "start-orchestrator"), words, { env });
  expect(stdout).toMatch(/^The service runs at http:\/\/127\.0\.0\.1:\d+ /);
});
afterAll(async () => {
  await workspace.run("orchestrator", "stop");
  await rm(dirname(workspace.dir), { recursive: true, force: true });
});

describe("a trace", () => {
  it("joins what the command, the service and its task logged", async () => {
    const { outcome, run } = await workspace.json<{ outcome: string; run: { id: string } }>(
      "workflow",
      "run",
      "workflows/think.yaml",
    );
    expect(outcome).toBe("completed");
    // The id of the run is enough to find it.
    const lines = await workspace.json<TraceLine[]>("trace", run.id);
    expect(new Set(lines.map(({ traceId }) => traceId)).size).toBe(1);
    expect(new Set(lines.map(({ source }) => source))).toEqual(new Set(["command", "service", "task"]));
    expect(lines.map(({ time }) => time)).toEqual(lines.map(({ time }) => time).sort());
    expect(lines[0]?.message).toBe("command: provisioning workflow run workflows/think.yaml -o json");
    const messages = lines.map(({ message }) => message);
    expect(messages).toContainEqual(expect.stringMatching(/^POST \/actions\/:name: 202 in/));
    expect(messages.filter((message) => message.startsWith("run ended: think, completed"))).toHaveLength(1);
    expect(messages).toContain("operationCompleted multiply");
    expect(messages.at(-1)).toMatch(/^answered: workflow\.run|^GET \/tasks\/:id\/events: 200/);
    const short = await workspace.run("trace", lines[0]?.traceId.slice(0, 8) ?? "");
    expect(short.stdout.trim().split("\n")).toHaveLength(lines.length);
  });

  it("is on every line of the service's log, and each line parses", async () => {
    const log = await readFile(join(workspace.dir, "runtime", "orchestrator", "orchestrator.log"), "utf8");
    const entries = log
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { readonly trace_id?: string; readonly level: unknown });
    expect(entries.length).toBeGreaterThan(3);
    for (const { trace_id, level } of entries)
      expect([trace_id, level]).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/), expect.any(String)]);
  });

  it("that nobody logged is not known", async () => {
    const unknown = await workspace.run("trace", "0".repeat(32));
    expect(unknown.code).not.toBe(0);
    expect(unknown.stderr).toContain("TRACE_UNKNOWN");
  });
});
