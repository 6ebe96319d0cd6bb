/** `run.on_failure = rollback`: what a failed run made is taken away again, what was there before stays. */

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plantTaskserv } from "./support/plant.js";
import { engineLeftovers, fixture, identityOf, makeWorkspace, obstacle, type TestWorkspace } from "./support/platform.js";

interface Run {
  readonly status: string;
  readonly rollback?: { readonly isProven: boolean; readonly operations: readonly { readonly type: string }[] };
  readonly operations: readonly { readonly title: string; readonly status: string; readonly error?: { readonly code: string } }[];
}

describe.skipIf(obstacle !== undefined)("a run that rolls back", () => {
  let workspace: TestWorkspace;

  beforeAll(async () => {
    workspace = await makeWorkspace(fixture("small"));
    await workspace.edit("config/provisioning.yaml", (text) => text.replace("run:\n", "run:\n  on_failure: rollback\n"));
    const body = 'install = [st.Script {id = "break", unless = ["false"], script = "exit 1"}]\nremove = []\nhealth = []\n';
    await plantTaskserv(workspace, { name: "breaks", body });
  });
  afterAll(() => workspace.destroy());

  it("leaves nothing of what it made", async () => {
    await workspace.edit("infra/small/main.k", (text) => text.replace('["redis"]', '["redis", "breaks"]'));
    const applied = await workspace.run("apply", "--yes");
    expect(applied.code).toBe(1);
    const run = JSON.parse((await workspace.run("workflow", "status", "-o", "json")).stdout) as Run;
    expect(run.status).toBe("rolledBack");
    const undone = run.operations.filter((operation) => operation.status === "compensated").map((operation) => operation.title);
    expect(undone).toEqual(expect.arrayContaining(["make network local", "create server one", "create server two"]));
    expect(run.operations.some((operation) => operation.status === "compensationFailed")).toBe(false);
    expect(run.operations.find(({ title }) => title.includes("breaks"))?.status).toBe("compensated");
    expect(run.rollback?.isProven).toBe(true);
    expect(run.rollback?.operations.every(({ type }) => type === "equal")).toBe(true);
    expect(applied.stdout + applied.stderr).toContain("all as it was before");
    expect(await engineLeftovers(await identityOf(workspace))).toEqual([]);
    expect(await workspace.json<unknown[]>("server", "list")).toEqual([]);
  });

  it("leaves what was there before, and says so", async () => {
    await workspace.edit("infra/small/main.k", (text) => text.replace('["redis", "breaks"]', '["redis"]'));
    expect((await workspace.run("apply", "--yes")).code).toBe(0);
    await workspace.edit("infra/small/main.k", (text) =>
      text.replace('plan = "small"', "").replace('taskservs = ["redis"]', 'plan = "medium", taskservs = ["redis", "breaks"]'),
    );
    expect((await workspace.run("apply", "--yes")).code).toBe(1);
    const run = JSON.parse((await workspace.run("workflow", "status", "-o", "json")).stdout) as Run;
    const server = run.operations.find((operation) => operation.title === "update server one");
    expect(server).toMatchObject({ status: "compensationFailed", error: { code: "CHANGE_NOT_UNDONE" } });
    expect(run.rollback?.isProven).toBe(false);
    expect(run.rollback?.operations).toContainEqual(expect.objectContaining({ type: "notUndone" }));
    expect(await workspace.json<unknown[]>("server", "list")).toHaveLength(2);
  });
});
