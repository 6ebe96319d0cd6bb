/** The calls that people copy: `curl` as it stands in the documents, against the service on its usual port. */

import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fixture, makeWorkspace, obstacle, type TestWorkspace } from "./support/platform.js";

const execute = promisify(execFile);

const DEFINITION = `import provisioning.settings as cfg

settings: cfg.Settings = {
    infra = {name = "production", provider = "local"}
    servers = [
        {name = "web-01", taskservs = ["os"]}
        {name = "web-02", taskservs = ["os"]}
        {name = "web-03", taskservs = ["os"]}
    ]
}
`;

/** As they are written; only the id is filled in. */
const CREATE = `curl -X POST http://localhost:8080/workflows/servers/create \\
  -H "Content-Type: application/json" \\
  -d '{
    "infra": "production",
    "settings": "./settings.yaml",
    "servers": ["web-01", "web-02"],
    "check_mode": false,
    "wait": true
  }'`;
const STATUS = "curl http://localhost:8080/tasks/{task_id}";
const LIST = "curl http://localhost:8080/tasks";

async function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

const hasCurl = await execute("curl", ["--version"]).then(
  () => true,
  () => false,
);
const reason = obstacle ?? (hasCurl ? ((await isFree(8080)) ? undefined : "port 8080 is taken") : "curl is not installed");

describe.skipIf(reason !== undefined)("curl", () => {
  let workspace: TestWorkspace;
  /** The token comes from a `.curlrc`, as docs/user/how-to/run-the-service.md says. */
  const curl = async (command: string): Promise<Record<string, unknown>> => {
    const { stdout } = await execute("bash", ["-c", command], {
      env: { ...process.env, CURL_HOME: workspace.dir },
      cwd: workspace.dir,
    });
    return JSON.parse(stdout) as Record<string, unknown>;
  };

  beforeAll(async () => {
    workspace = await makeWorkspace(fixture("small"));
    await mkdir(join(workspace.dir, "infra/production"));
    await writeFile(join(workspace.dir, "infra/production/main.k"), DEFINITION);
    await writeFile(join(workspace.dir, "settings.yaml"), "servers:\n  default_plan: small\n");
    const started = await workspace.run("orchestrator", "start", "--background");
    expect(started).toMatchObject({ code: 0, stderr: "" });
    const script = 'printf \'silent\\nheader = "authorization: Bearer %s"\\n\' "$(cat runtime/orchestrator/token)" > .curlrc';
    await execute("bash", ["-c", script], { cwd: workspace.dir });
  });
  afterAll(async () => {
    await workspace.run("orchestrator", "stop");
    expect((await workspace.run("cluster", "delete", "--yes", "--infra", "production")).code).toBe(0);
    await workspace.run("workspace", "remove", "test");
    await execute("rm", ["-rf", join(workspace.dir, "..")]);
  });

  it("makes the servers that are named, waits, and finds the task again", async () => {
    const created = await curl(CREATE);
    expect(created).toMatchObject({ status: "completed", infra: "production", result: { outcome: "completed" } });
    const servers = await workspace.json<{ servers: { name: string; status: string }[] }>(
      "cluster",
      "status",
      "--infra",
      "production",
    );
    expect(servers.servers.map(({ name, status }) => [name, status])).toEqual([
      ["web-01", "running"],
      ["web-02", "running"],
      ["web-03", "absent"],
    ]);
    const again = await curl(STATUS.replace("{task_id}", String(created.id)));
    expect(again).toEqual(created);
    expect((await curl(LIST)).data).toContainEqual(expect.objectContaining({ id: created.id, status: "completed" }));
  });

  it("with check_mode changes nothing", async () => {
    const plan = await curl(CREATE.replace('"check_mode": false', '"check_mode": true').replace('"web-02"', '"web-03"'));
    expect(plan.changes).toContainEqual(expect.objectContaining({ address: "server.web-03", kind: "create" }));
  });

  it("installs a taskserv on the servers that are named, and on no other", async () => {
    const body = '{"infra": "production", "taskserv": "os", "servers": ["web-03"], "check_mode": false, "wait": true}';
    const installed = await curl(`curl -X POST http://localhost:8080/workflows/taskserv/create -d '${body}'`);
    expect(installed).toMatchObject({ status: "completed", action: "infra.apply", result: { outcome: "completed" } });
    const records = await workspace.json<{ address: string; status: string }[]>("state", "list", "--infra", "production");
    expect(records.map(({ address }) => address)).toEqual(expect.arrayContaining(["server.web-03", "taskserv.web-03.os"]));
    const { operations } = (installed.result as { run: { operations: { address: string }[] } }).run;
    expect(operations.filter(({ address }) => /web-0[12]/.test(address))).toEqual([]);
  });

  it("makes a whole cluster, and has nothing to do the second time", async () => {
    const make = `curl -X POST http://localhost:8080/workflows/cluster/create -d '{"cluster": "production", "wait": true}'`;
    const made = await curl(make);
    expect(made).toMatchObject({ status: "completed", infra: "production", action: "infra.apply" });
    const { servers } = await workspace.json<{ servers: { status: string }[] }>("cluster", "status", "--infra", "production");
    expect(servers.map(({ status }) => status)).toEqual(["running", "running", "running"]);
    const again = await curl(make);
    expect(again).toMatchObject({ status: "completed" });
    expect(again.result).not.toHaveProperty("run");
  });

  it("without wait answers before anything is done", async () => {
    const accepted = await curl(CREATE.replace('"wait": true', '"wait": false'));
    expect(accepted).toMatchObject({ status: "pending", links: { self: `/tasks/${String(accepted.id)}` } });
    for (;;) {
      const { status } = await curl(STATUS.replace("{task_id}", String(accepted.id)));
      if (status !== "pending" && status !== "running") break;
    }
  });
});
