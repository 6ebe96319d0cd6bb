/** The service as a process: started, found, killed in the middle of a deployment, started again, ended. */

import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fixture, identityOf, makeWorkspace, obstacle, type TestWorkspace } from "./support/platform.js";

interface Address {
  readonly url: string;
  readonly pid: number;
}

async function addressOf({ dir }: TestWorkspace): Promise<Address> {
  return JSON.parse(await readFile(join(dir, "runtime/orchestrator/service.json"), "utf8")) as Address;
}

describe("the process of a service", () => {
  let workspace: TestWorkspace;
  beforeAll(async () => {
    workspace = await makeWorkspace(fixture("small"));
  });
  afterAll(async () => {
    await workspace.run("orchestrator", "stop");
    await workspace.destroy();
  });

  it("says that there is none", async () => {
    expect(await workspace.run("orchestrator", "status")).toMatchObject({ code: 1 });
    expect(await workspace.run("orchestrator", "stop")).toMatchObject({
      code: 0,
      stdout: "No service runs for this workspace.\n",
    });
  });

  it("comes back when it answers, and is found", async () => {
    const started = await workspace.run("orchestrator", "start", "--background", "--port", "0");
    expect(started).toMatchObject({ code: 0, stderr: "" });
    const { url, pid } = await addressOf(workspace);
    expect(started.stdout).toBe(`The service runs at ${url} (pid ${pid}).\n`);
    expect((await fetch(`${url}/health`)).status).toBe(200);
    expect((await stat(join(workspace.dir, "runtime/orchestrator/service.json"))).mode & 0o077).toBe(0);
    const status = await workspace.json<{ running: boolean; storage: string }>("orchestrator", "status");
    expect(status).toMatchObject({ running: true, storage: "filesystem", pid });
  });

  it("lets nobody in with another token: exit code 5", async () => {
    const token = join(workspace.dir, "runtime/orchestrator/token");
    const right = await readFile(token, "utf8");
    await writeFile(token, "not-the-token\n");
    const refused = await workspace.run("state", "list");
    await writeFile(token, right);
    expect([refused.code, refused.stderr.includes("TOKEN_WRONG")]).toEqual([5, true]);
    expect((await workspace.run("state", "list")).code).toBe(0);
  });

  it("is not started twice", async () => {
    const again = await workspace.run("orchestrator", "start", "--background");
    expect(again.code).not.toBe(0);
    expect(again.stderr).toContain("SERVICE_RUNNING");
  });

  it("does not fall for files that a crash left", async () => {
    const { pid } = await addressOf(workspace);
    process.kill(pid, "SIGKILL");
    while ((await workspace.run("orchestrator", "status")).code === 0) await new Promise((resolve) => setTimeout(resolve, 50));
    // Its number belongs to another process by now.
    const file = join(workspace.dir, "runtime/orchestrator/service.json");
    await writeFile(file, (await readFile(file, "utf8")).replace(/"pid": \d+/, `"pid": ${process.pid}`));
    expect(await workspace.run("orchestrator", "start", "--background", "--port", "0")).toMatchObject({ code: 0 });
    expect(await workspace.run("orchestrator", "stop")).toMatchObject({ code: 0, stdout: "The service has ended.\n" });
    await expect(stat(file)).rejects.toThrow();
  });

  it("says so when its port is taken or its address is not of this machine", async () => {
    const other = await listening();
    const { port } = other.address() as { readonly port: number };
    const taken = await workspace.run("orchestrator", "start", "--background", "--port", String(port));
    other.close();
    expect(taken.code).not.toBe(0);
    expect(taken.stderr).toContain("PORT_IN_USE");
    const elsewhere = await workspace.run("orchestrator", "start", "--background", "--port", "0", "--host", "0.0.0.0");
    expect(elsewhere.stderr).toContain("HOST_REFUSED");
  });

  it("tells what it would be started with, and no password", async () => {
    const words = ["--surrealdb-username", "operator", "--surrealdb-password", "env://NOBODY_SEES_THIS"];
    const told = await workspace.json<Record<string, Record<string, unknown>>>("orchestrator", "config", ...words);
    expect(told.surrealdb).toMatchObject({ namespace: "orchestrator", database: "tasks", username: "operator" });
    expect(told.orchestrator).toMatchObject({ port: 8080 });
    expect(told.storage).toMatchObject({ type: "filesystem" });
  });

  it("ends in the foreground when it is told to, in lines of JSON alone", async () => {
    const service = workspace.begin("orchestrator", "start", "--port", "0");
    await expect.poll(async () => (await workspace.run("orchestrator", "status")).code, { timeout: 20_000 }).toBe(0);
    const platform = await workspace.json<{ id: string; found: string }[]>("doctor");
    expect(platform.find(({ id }) => id === "service")?.found).toContain((await addressOf(workspace)).url);
    service.signal("SIGTERM");
    const { code, stdout, stderr } = await service.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const lines = stdout.trim().split("\n");
    expect(lines.map((line) => (JSON.parse(line) as { message: string }).message)).toEqual(
      expect.arrayContaining(["listening", "stopping"]),
    );
  });

  it("says in the foreground, too, why it does not start, and by the exit code whether it is worth another try", async () => {
    const refused = await workspace.run("orchestrator", "start", "--port", "0", "--data-dir", "/dev/null/store");
    expect([refused.code, refused.stderr.startsWith("✗ ")]).toEqual([1, true]);
    await workspace.edit("config/provisioning.yaml", (text) => `${text}\norchestrator:\n  workers: many\n`);
    const wrong = await workspace.run("orchestrator", "start", "--port", "0");
    await workspace.edit("config/provisioning.yaml", (text) => text.replace("\norchestrator:\n  workers: many\n", ""));
    expect(wrong.code).toBe(3);
    expect(wrong.stderr).toContain("orchestrator.workers");
  });

  it("does not take a data folder that another process has", async () => {
    const folder = await mkdtemp(join(tmpdir(), "provisioning-data-"));
    const first = await makeWorkspace(fixture("small"));
    try {
      expect((await first.run("orchestrator", "start", "--background", "--port", "0", "--data-dir", folder)).code).toBe(0);
      const second = await workspace.run("orchestrator", "start", "--background", "--port", "0", "--data-dir", folder);
      expect(second.code).not.toBe(0);
      expect(second.stderr).toContain("STORE_BUSY");
    } finally {
      await first.run("orchestrator", "stop");
      await first.destroy();
      await rm(folder, { recursive: true, force: true });
    }
  });
});

function listening(): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => resolve(server));
  });
}

/** A deployment that is at work in a service, and how that is started again. */
async function deployingThroughService(workspace: TestWorkspace) {
  const start = () => workspace.run("orchestrator", "start", "--background", "--port", "0");
  expect((await start()).code).toBe(0);
  const applying = workspace.begin("apply", "--yes");
  await applying.wrote("install os");
  return { start, applying };
}

describe.skipIf(obstacle !== undefined)("the quickstart through a service that is killed", () => {
  let workspace: TestWorkspace;
  beforeAll(async () => {
    workspace = await makeWorkspace("quickstart");
  });
  afterAll(async () => {
    await workspace.run("orchestrator", "stop");
    await workspace.destroy();
  });

  it("is deployed when it runs again, and the command that watches carries on by itself, twice", async () => {
    const { start, applying } = await deployingThroughService(workspace);
    for (const next of ["install nginx", undefined]) {
      process.kill((await addressOf(workspace)).pid, "SIGKILL");
      await applying.wrote("waiting for it to come back");
      expect(await start()).toMatchObject({ code: 0, stderr: "" });
      if (next !== undefined) await applying.wrote(next);
    }
    const { code, stderr } = await applying.ended;
    expect(stderr).toContain("Go on with run");
    expect(code).toBe(0);
    expect(await workspace.json<{ healthy: boolean }>("health-check")).toMatchObject({ healthy: true });
    expect(await workspace.run("plan", "--detailed-exitcode")).toMatchObject({ code: 0 });
    const ofWorkspace = `label=provisioning.workspace=${await identityOf(workspace)}`;
    const { stdout } = await promisify(execFile)("docker", ["ps", "-aq", "--filter", ofWorkspace]);
    expect(stdout.trim().split("\n")).toHaveLength(3);
    const runs = await workspace.json<{ status: string }[]>("workflow", "list");
    expect(runs.map(({ status }) => status)).toEqual(["completed"]);
  });
});

describe.skipIf(obstacle !== undefined)("a deployment through a service that is told to stop", () => {
  let workspace: TestWorkspace;
  beforeAll(async () => {
    workspace = await makeWorkspace(fixture("small"));
  });
  afterAll(async () => {
    await workspace.run("orchestrator", "stop");
    await workspace.destroy();
  });

  it("is given back within the grace of what is under way, and taken up at once by the next service", async () => {
    const { start, applying } = await deployingThroughService(workspace);
    const { pid } = await addressOf(workspace);
    const toldAt = performance.now();
    process.kill(pid, "SIGTERM");
    await expect.poll(() => isAlive(pid), { timeout: 20_000, interval: 50 }).toBe(false);
    expect(performance.now() - toldAt).toBeLessThan(12_000);
    const left = await workspace.json<{ status: string }[]>("workflow", "list");
    expect(left.map(({ status }) => status)).toEqual(["pending"]);
    expect(await start()).toMatchObject({ code: 0, stderr: "" });
    const startedAt = performance.now();
    await applying.wrote("Go on with run");
    // The lease of the one that was stopped is not waited for.
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    expect((await applying.ended).code).toBe(0);
    expect(await workspace.run("plan", "--detailed-exitcode")).toMatchObject({ code: 0 });
    const runs = await workspace.json<{ status: string }[]>("workflow", "list");
    expect(runs.map(({ status }) => status)).toEqual(["completed"]);
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
