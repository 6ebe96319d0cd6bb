/** Batch workflows on real servers: phase after phase, undone when one fails, and nothing to do the second time. */

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plantTaskserv } from "./support/plant.js";
import { engineLeftovers, fixture, identityOf, makeWorkspace, obstacle, type TestWorkspace } from "./support/platform.js";

interface Operation {
  readonly id: string;
  readonly title: string;
  readonly status: string;
}
interface Submitted {
  readonly outcome: string;
  readonly plan: { readonly changes: readonly { readonly kind: string }[] };
  readonly run?: {
    readonly id: string;
    readonly operations: readonly Operation[];
    readonly rollback?: { readonly isProven: boolean };
  };
}

const phase = (id: string, target: string, items: readonly string[], more = "") =>
  `{id = "${id}", type = "create", target = "${target}", items = ${JSON.stringify(items)}, ${more}}`;
const servers = phase("servers", "server", ["one", "two"]);
const base = phase("base", "taskserv", ["os", "resolv"], 'depends_on = ["servers"]');

describe.skipIf(obstacle !== undefined)("a batch workflow", () => {
  let workspace: TestWorkspace;

  /** `retry`: nobody waits for failures that are made on purpose. */
  const write = async (file: string, operations: readonly string[], more = "") => {
    await mkdir(join(workspace.dir, "workflows"), { recursive: true });
    const retry = "retry_policy = {max_attempts = 1, initial_delay = 1}";
    const text = `import workflows\n\ndeploy = workflows.WorkflowDef {\n    name = "deploy"\n    operations = [${operations.join(", ")}]\n    ${retry}\n    ${more}\n}\n`;
    await writeFile(join(workspace.dir, "workflows", file), text);
    return `workflows/${file}`;
  };

  beforeAll(async () => {
    workspace = await makeWorkspace(fixture("small"));
    const body = 'install = [st.Script {id = "break", unless = ["false"], script = "exit 1"}]\nremove = []\nhealth = []\n';
    await plantTaskserv(workspace, { name: "breaks", body });
  });
  afterAll(() => workspace.destroy());

  it("says everything that is wrong with it before anything is touched", async () => {
    const file = await write("wrong.k", [
      phase("servers", "server", ["oen", "two"]),
      phase("base", "taskserv", ["resolve"], 'depends_on = ["servers"]'),
    ]);
    const refused = await workspace.run("batch", "submit", file, "--validate");
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain("BATCH_ITEM_UNKNOWN small has no server oen.");
    expect(refused.stderr).toContain("Did you mean one?");
    expect(refused.stderr).toContain("There is no taskserv resolve.");
    expect(refused.stderr).toContain("workflows/wrong.k:5");
  });

  it("is undone when a phase fails", async () => {
    await workspace.edit("infra/small/main.k", (text) => text.replace('["redis"]', '["redis", "breaks"]'));
    const file = await write("breaks.k", [servers, base, phase("apps", "taskserv", ["breaks"], 'depends_on = ["base"]')]);
    const submitted = await workspace.run("batch", "submit", file, "--yes", "-o", "json");
    expect(submitted.code, submitted.stderr).toBe(1);
    const { outcome, run } = JSON.parse(submitted.stdout) as Submitted;
    expect(outcome).toBe("rolledBack");
    expect(run?.rollback?.isProven).toBe(true);
    expect(run?.operations.find(({ id }) => id === "base")?.status).toBe("compensated");
    expect(await engineLeftovers(await identityOf(workspace))).toEqual([]);
    expect(await workspace.json<unknown[]>("server", "list")).toEqual([]);
    await workspace.edit("infra/small/main.k", (text) => text.replace('["redis", "breaks"]', '["redis"]'));
  });

  it("deploys in phases, and has nothing to do the second time", async () => {
    const dependency = `dependencies = [{source = "taskserv.redis", target = "taskserv.nginx", wait_condition = "'base' in outputs && run.name == 'deploy'"}]`;
    const file = await write(
      "deploy.k",
      [servers, base, phase("apps", "taskserv", ["redis", "nginx"], 'depends_on = ["base"]')],
      dependency,
    );
    const forecast = await workspace.json<{ waves: { id: string }[][] }>("batch", "submit", file, "--dry-run");
    expect(forecast.waves.map((wave) => wave.map(({ id }) => id))).toEqual([["servers"], ["base"], ["apps"]]);
    const first = await workspace.json<Submitted>("batch", "submit", file, "--yes");
    expect(first.outcome).toBe("completed");
    expect(first.run?.operations.every(({ status }) => status === "completed")).toBe(true);
    const second = await workspace.json<Submitted>("batch", "submit", file, "--yes");
    expect(second.outcome).toBe("unchanged");
    expect(second.plan.changes.map(({ kind }) => kind)).toEqual(Array.from({ length: 8 }, () => "none"));
    expect((await workspace.run("plan", "--detailed-exitcode")).code).toBe(0);
    const runs = await workspace.json<{ id: string; name: string }[]>("batch", "list");
    expect(runs).toHaveLength(2);
    expect(runs[0]).toMatchObject({ id: first.run?.id, name: "deploy" });
    expect(await workspace.json("batch", "status")).toMatchObject({ id: first.run?.id, purpose: "batch", status: "completed" });
  });

  it("looks without changing, and removes", async () => {
    const check = await write("check.k", [
      '{id = "look", type = "check", target = "server", items = ["one", "two"]}',
      '{id = "ask", type = "check", target = "taskserv", items = ["redis", "nginx"], depends_on = ["look"], parallel = False}',
    ]);
    expect(await workspace.json<Submitted>("batch", "submit", check, "--yes")).toMatchObject({ outcome: "completed" });
    const remove = await write("remove.k", [
      '{id = "app", type = "delete", target = "taskserv", items = ["redis"]}',
      '{id = "gone", type = "delete", target = "server", items = ["two"], depends_on = ["app"]}',
    ]);
    expect(await workspace.json<Submitted>("batch", "submit", remove, "--yes")).toMatchObject({ outcome: "completed" });
    const left = await workspace.json<{ name?: string }[]>("server", "list");
    expect(left).toHaveLength(1);
    const failed = await workspace.run("batch", "submit", check, "--yes");
    expect(failed.code).toBe(1);
    expect(failed.stdout).toContain("SERVER_CHECK_FAILED");
  });

  it("goes on after its process died, and lets no other one in between", async () => {
    const file = `workflows/deploy.k`;
    const killed = workspace.begin("batch", "submit", file, "--yes");
    await killed.wrote("create server two (");
    killed.signal("SIGKILL");
    await killed.ended;
    const other = await workspace.run("batch", "submit", "workflows/check.k", "--yes");
    expect(other.code).toBe(6);
    expect(other.stderr).toContain("RUN_UNFINISHED");
    // The same workflow would go on with it, but not while somebody wants it to wait.
    expect(await workspace.json("batch", "pause", "last", "--reason", "lunch")).toMatchObject({ interrupted: true });
    const again = await workspace.run("batch", "submit", file, "--yes");
    expect(again.stderr).toContain("RUN_UNFINISHED");
    const run = await workspace.json<NonNullable<Submitted["run"]> & { status: string }>("batch", "resume", "last");
    expect(run.status).toBe("completed");
    expect((await workspace.run("plan", "--detailed-exitcode")).code).toBe(0);
    // One log of the run, whoever worked on it: the command that died and the one that went on.
    const lines = (await readFile(join(workspace.dir, "logs", "workflows", `deploy-${run.id}.log`), "utf8")).trim().split("\n");
    const log = lines.map(
      (line) => JSON.parse(line) as { readonly event: string; readonly run?: string; readonly trace_id: string },
    );
    expect(log.filter(({ event }) => event === "runStarted")).toHaveLength(2);
    expect(new Set(log.map(({ trace_id }) => trace_id)).size).toBe(2);
    expect(log.at(-1)).toMatchObject({ event: "runEnded", run: run.id });
  });

  it("is tried again from one of its operations on", async () => {
    const run = await workspace.json<NonNullable<Submitted["run"]> & { status: string }>(
      "batch",
      "retry",
      "last",
      "apps",
      "--yes",
    );
    expect(run.status).toBe("completed");
    expect(await workspace.json<Submitted>("batch", "submit", "workflows/deploy.k", "--yes")).toMatchObject({
      outcome: "unchanged",
    });
  });
});
