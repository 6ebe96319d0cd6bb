/** Workflows of tasks from the command line: what the example says, what it does, and what is kept of it. No servers are needed. */

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { readdir, readFile, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { RunReport } from "@provisioning/actions";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeWorkspace, type TestWorkspace } from "./support/platform.js";

const ADVISE = "workflows/advise-scaling.yaml";
const LIMITS = ["--var", "min_replicas=2", "--var", "max_replicas=20"];

interface Outcome {
  readonly outcome: string;
  readonly run: RunReport;
}

let workspace: TestWorkspace;
let server: Server;
const received: unknown[] = [];
let status = 200;

beforeAll(async () => {
  server = createServer((request, response) => {
    let text = "";
    request.on("data", (part: Buffer) => (text += part.toString()));
    request.on("end", () => {
      received.push(JSON.parse(text));
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  process.env.ADVICE_WEBHOOK = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hidden-part-of-it`;
  workspace = await makeWorkspace("vapora");
});
afterAll(async () => {
  delete process.env.ADVICE_WEBHOOK;
  await new Promise((resolve) => server.close(resolve));
  await rm(dirname(workspace.dir), { recursive: true, force: true });
});

const run = (...words: string[]) => workspace.json<Outcome>("workflow", "run", ADVISE, ...LIMITS, ...words);

describe("a workflow of tasks", () => {
  it("says what it cannot do yet, and nothing else", async () => {
    const words = ["workflows/scale-agents.yaml", "--var", "AGENT_ROLE=developer"];
    const refused = await workspace.run("workflow", "validate", ...words);
    expect(refused.code).not.toBe(0);
    expect(refused.stderr.match(/WORKFLOW_\w+/g)).toEqual(["WORKFLOW_TASK_ANNOUNCED"]);
    expect(refused.stderr).toContain("workflows/scale-agents.yaml:28:7");
    const { stderr } = await workspace.run("workflow", "run", ...words);
    expect(stderr.match(/WORKFLOW_\w+/g)).toEqual(["WORKFLOW_TASK_ANNOUNCED"]);
  });

  it("is refused where it would call this machine", async () => {
    const { run: report } = await workspace
      .run("workflow", "run", ADVISE, ...LIMITS, "--var", "AGENT_ROLE=developer", "-o", "json")
      .then(({ stdout }) => JSON.parse(stdout) as Outcome);
    expect(report.operations.map((one) => one.status)).toEqual(["completed", "completed", "failed"]);
    expect(report.operations[2]?.error?.code).toBe("NOTIFICATION_ADDRESS_REFUSED");
    expect(received).toEqual([]);
  });

  it("does what it decides, or leaves it", async () => {
    await workspace.edit("config/provisioning.yaml", (text) => `${text}notifications:\n  allow_private_addresses: "yes"\n`);
    expect((await workspace.json<unknown>("workflow", "validate", ADVISE, ...LIMITS, "--var", "AGENT_ROLE=x")) !== null).toBe(
      true,
    );
    const told = await run("--var", "AGENT_ROLE=developer");
    expect(told.outcome).toBe("completed");
    expect(received).toMatchObject([{ message: "vapora-agents-developer: scale_up to 7", run: told.run.id }]);
    const left = await run("--var", "AGENT_ROLE=reviewer");
    expect(left.run.operations.map((one) => one.status)).toEqual(["completed", "completed", "skipped"]);
    expect(received).toHaveLength(1);
    const logs = await workspace.run("workflow", "logs", "last");
    expect(logs.stdout).toContain("advise: skipped by its condition");
    expect((await workspace.json<{ name: string }[]>("workflow", "tasks")).map(({ name }) => name)).toContain(
      "provisioning.cluster",
    );
  });

  it("goes on where it failed, and can be followed", async () => {
    status = 403;
    const failed = await workspace.run("batch", "submit", ADVISE, ...LIMITS, "--var", "AGENT_ROLE=developer", "-o", "json");
    expect(failed.code).toBe(1);
    const { run: report } = JSON.parse(failed.stdout) as Outcome;
    status = 200;
    expect(await workspace.json<RunReport>("workflow", "retry", report.id, "--yes")).toMatchObject({ status: "completed" });
    const followed = await workspace.run("batch", "monitor", report.id);
    expect(followed.stderr).toContain("NOTIFICATION_FAILED");
    expect(followed.stdout).toContain("3 of 3 operations done");
    const stream = await workspace.run("batch", "status", "--follow", report.id, "-o", "json");
    const items = stream.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { type: string; schema_version: number });
    expect(new Set(items.slice(0, -1).map(({ type }) => type))).toEqual(new Set(["line"]));
    expect(items.at(-1)).toMatchObject({ type: "run", schema_version: 1, id: report.id });
    expect(await workspace.json<unknown[]>("workflow", "checkpoints", report.id)).toEqual([]);
  });

  it("keeps no secret", async () => {
    const texts = await Promise.all((await filesIn(join(workspace.dir, "runtime"))).map((file) => readFile(file, "latin1")));
    expect(texts.length).toBeGreaterThan(0);
    expect(texts.filter((text) => text.includes("hidden-part-of-it"))).toEqual([]);
  });
});

async function filesIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder, { recursive: true });
  const paths = names.map((name) => join(folder, name));
  const kinds = await Promise.all(paths.map((path) => stat(path)));
  return paths.filter((_, index) => kinds[index]?.isFile() === true);
}
