/** Plans that are kept in a file, carried out while everything is as it was, and refused when something is not. */

import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Plan } from "@provisioning/model";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fixture, makeWorkspace, obstacle, type TestWorkspace } from "./support/platform.js";

describe.skipIf(obstacle !== undefined)("a kept plan", () => {
  let workspace: TestWorkspace;
  let file: string;

  beforeAll(async () => {
    workspace = await makeWorkspace(fixture("small"));
    file = join(workspace.dir, "small.plan");
  });
  afterAll(() => workspace.destroy());

  const keep = () => workspace.run("plan", "-o", file);
  const stale = async (): Promise<string> => {
    const { code, stderr } = await workspace.run("apply", file);
    expect(code).toBe(7);
    return stderr;
  };

  it("is written for its owner alone, and shown again", async () => {
    expect(await keep()).toMatchObject({ code: 0, stderr: expect.stringContaining(`provisioning apply ${file}`) as string });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const shown = await workspace.json<Plan>("plan", "show", file);
    expect(shown.changes.filter(({ kind }) => kind === "create").length).toBeGreaterThan(0);
    expect((await workspace.run("plan", "show", file, "--is-noop")).code).toBe(2);
  });

  it("is refused when the definition, or a setting, has changed", async () => {
    await workspace.edit("infra/small/main.k", (text) => text.replace('"one", ', '"one", plan = "medium", '));
    expect(await stale()).toContain("the definition");
    await workspace.edit("infra/small/main.k", (text) => text.replace('plan = "medium", ', ""));
    await workspace.edit("config/provisioning.yaml", (text) => `${text}\norchestrator:\n  workers: 3\n`);
    const told = await stale();
    expect(told).toContain("the configuration");
    expect(told).not.toContain("the definition");
    await workspace.edit("config/provisioning.yaml", (text) => text.replace("\norchestrator:\n  workers: 3\n", ""));
    expect(await workspace.json("server", "list")).toEqual([]);
  });

  it("is carried out without a question while all is as it was", async () => {
    expect(await workspace.run("apply", file)).toMatchObject({ code: 0 });
    expect(await workspace.json("server", "list")).toHaveLength(2);
  });

  it("is refused when it was carried out already: what is recorded and what is there are other things now", async () => {
    const told = await stale();
    expect(told).toContain("the recorded state");
    expect(told).toContain("on the servers");
  });

  it("of nothing says so", async () => {
    await keep();
    expect((await workspace.run("plan", "show", file, "--is-noop")).code).toBe(0);
    expect(await workspace.run("apply", file)).toMatchObject({ code: 0 });
  });

  it("that is none is named", async () => {
    const { code, stderr } = await workspace.run("apply", join(workspace.dir, "config", "provisioning.yaml"));
    expect([code, stderr.includes("PLAN_FILE")]).toEqual([64, true]);
  });
});
