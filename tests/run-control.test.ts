/** What a person does with a run that failed: ask why, put it right and retry, pass over a step, undo everything. */

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inServer } from "./support/containers.js";
import { plantTaskserv } from "./support/plant.js";
import { engineLeftovers, fixture, identityOf, makeWorkspace, obstacle, type TestWorkspace } from "./support/platform.js";

interface Run {
  readonly id: string;
  readonly status: string;
  readonly operations: readonly {
    readonly id: string;
    readonly title: string;
    readonly status: string;
    readonly durationMs?: number;
  }[];
}
const statusOf = (run: Run, title: string) => run.operations.find((operation) => operation.title === title)?.status;

describe.skipIf(obstacle !== undefined)("a run that failed", () => {
  let workspace: TestWorkspace;

  beforeAll(async () => {
    workspace = await makeWorkspace(fixture("small"));
    const gate = [
      'install = [st.Script {id = "gate", unless = "test -e /var/tmp/done", script = "test -e /var/tmp/open && touch /var/tmp/done"}]',
      'remove = [st.Script {id = "gate", unless = "test ! -e /var/tmp/done", script = "rm /var/tmp/done"}]',
      "health = []\n",
    ].join("\n");
    await plantTaskserv(workspace, { name: "gate", body: gate });
    await workspace.edit("infra/small/main.k", (text) => text.replace('["redis"]', '["gate"]'));
    expect((await workspace.run("apply", "--yes")).code).toBe(1);
  });
  afterAll(() => workspace.destroy());

  /** Showing a failed run ends with 1. */
  const last = async () => JSON.parse((await workspace.run("workflow", "status", "-o", "json")).stdout) as Run;

  it("says why, for itself and for each operation", async () => {
    const all = await workspace.run("why", "last");
    expect(all.stdout).toContain("apply small failed: because of install gate on one.");
    expect(all.stdout).toContain("It failed for good at ");
    expect(all.stdout).toContain("It was not started: it needs install gate on one, which failed.");
    const one = await workspace.run("why", "last", "check gate on one");
    expect(one.stdout).toContain("check gate on one  (skipped)");
    expect(one.stdout).not.toContain("failed for good");
    expect(await workspace.run("why", "last", "check gat on one")).toMatchObject({ code: 64 });
  });

  it("cannot be cancelled or passed over where it was done, and says so", async () => {
    expect(await workspace.json<Run>("workflow", "cancel", "last")).toMatchObject({ status: "failed" });
    const refused = await workspace.run("workflow", "skip", "last", "server.one/create");
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain("OPERATION_STATUS");
  });

  it("goes on when the reason was put right on the server; what was done is not done again", async () => {
    await inServer(workspace, "one", "touch /var/tmp/open");
    const before = await last();
    const run = await workspace.json<Run>("workflow", "retry", "last", "--yes");
    expect(run).toMatchObject({ id: before.id, status: "completed" });
    // What was done not long before took exactly as long: it was not done again.
    const again = run.operations.filter(
      ({ id, durationMs }) => durationMs !== before.operations.find((one) => one.id === id)?.durationMs,
    );
    expect(again.map(({ title }) => title)).toEqual(["install gate on one", "check gate on one"]);
    expect((await workspace.run("plan", "--detailed-exitcode")).code).toBe(0);
  });

  it("can have one operation done again with what needs it", async () => {
    const before = await last();
    const id = (before.operations as readonly { id?: string; title: string }[]).find(
      ({ title }) => title === "install gate on one",
    )?.id;
    const run = await workspace.json<Run>("workflow", "retry", "last", String(id), "--yes");
    expect(run.status).toBe("completed");
  });

  it("is undone as a whole, and nothing of it is left", async () => {
    const run = await workspace.json<Run>("workflow", "rollback", "last", "--yes");
    expect(run.status).toBe("rolledBack");
    expect(statusOf(run, "create server one")).toBe("compensated");
    expect(await engineLeftovers(await identityOf(workspace))).toEqual([]);
    expect((await workspace.run("why", "last")).stdout).toContain("it was undone to the beginning, because");
  });

  it("goes on without an operation that was passed over", async () => {
    expect((await workspace.run("apply", "--yes")).code).toBe(1);
    const failed = await last();
    const id = failed.operations.find(({ status }) => status === "failed")?.id ?? "";
    expect(await workspace.json<Run>("workflow", "skip", "last", id)).toMatchObject({ status: "failed" });
    const run = await workspace.json<Run>("workflow", "retry", "last", "--yes");
    expect(run.status).toBe("completed");
    expect(statusOf(run, "install gate on one")).toBe("passed");
  });

  it("is not gone on with when the definition has changed", async () => {
    await workspace.edit("infra/small/main.k", (text) => text.replace('role = "web"', 'role = "front"'));
    const refused = await workspace.run("workflow", "rollback", "last", "--yes");
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("RUN_OUTDATED");
    await workspace.edit("infra/small/main.k", (text) => text.replace('role = "front"', 'role = "web"'));
  });
});
