/** A workflow of tasks on real servers: it installs taskservs, looks whether they answer, and takes back what it installed. */

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RunReport } from "@provisioning/actions";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fixture, makeWorkspace, obstacle, type TestWorkspace } from "./support/platform.js";

const SERVERS = `import workflows

servers = workflows.WorkflowDef {
    name = "servers"
    operations = [{id = "servers", type = "create", target = "server", items = ["one", "two"]}]
}
`;

const workflow = (steps: readonly string[]): string => `apiVersion: provisioning/v1
kind: Workflow
metadata:
  name: deploy
spec:
  rollback_on_failure: true
  steps:
${steps.map((step) => `    - ${step}\n`).join("")}`;

const deploy = (taskserv: string) =>
  `{ name: deploy-${taskserv}, task: provisioning.deploy-taskservs, params: { taskservs: [${taskserv}] }, outputs: [changed] }`;
const look = (taskserv: string) =>
  `{ name: look, task: provisioning.health-check, depends_on: [deploy-${taskserv}], params: { services: [${taskserv}] } }`;
const fail = "{ name: fail, task: provisioning.evaluate, params: { condition: 'assert len(changed) == 0' } }";

interface Outcome {
  readonly outcome: string;
  readonly run: RunReport;
}

describe.skipIf(obstacle !== undefined)("a workflow of tasks", () => {
  let workspace: TestWorkspace;

  const run = async (...steps: string[]): Promise<Outcome> => {
    await writeFile(join(workspace.dir, "flow.yaml"), workflow(steps));
    const { stdout, stderr } = await workspace.run("workflow", "run", "flow.yaml", "-o", "json");
    if (stdout === "") throw new Error(stderr);
    return JSON.parse(stdout) as Outcome;
  };
  const installed = async () =>
    (await workspace.json<{ address: string; kind: string }[]>("state", "list"))
      .filter(({ kind }) => kind === "taskserv")
      .map(({ address }) => address);

  beforeAll(async () => {
    workspace = await makeWorkspace(fixture("small"));
    await mkdir(join(workspace.dir, "workflows"), { recursive: true });
    await writeFile(join(workspace.dir, "workflows", "servers.k"), SERVERS);
  });
  afterAll(() => workspace.destroy());

  it("needs servers that are there", async () => {
    const { outcome, run: report } = await run(deploy("redis"));
    expect(outcome).toBe("rolledBack");
    expect(report.operations[0]?.error?.code).toBe("WORKFLOW_SERVERS_MISSING");
  });

  it("installs taskservs with what they require, and finds them healthy", async () => {
    expect((await workspace.run("batch", "submit", "workflows/servers.k", "--yes")).code).toBe(0);
    expect(await installed()).toEqual([]);
    const { outcome, run: report } = await run(deploy("redis"), look("redis"));
    expect(outcome, JSON.stringify(report.operations)).toBe("completed");
    const addresses = await installed();
    expect(addresses).toContain("taskserv.one.redis");
    expect(addresses.filter((address) => address.startsWith("taskserv.two."))).toEqual([]);
  });

  it("takes back what it installed, and nothing that was there before", async () => {
    const before = await installed();
    const { outcome, run: report } = await run(deploy("nginx"), fail);
    expect(outcome).toBe("rolledBack");
    expect(report.rollback, JSON.stringify(report.rollback)).toMatchObject({ isProven: true });
    expect(await installed()).toEqual(before);
  });

  it("changes nothing the second time", async () => {
    const { outcome } = await run(deploy("redis"), fail);
    expect(outcome).toBe("completed");
  });
});
