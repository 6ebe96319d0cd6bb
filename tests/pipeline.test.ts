/** One infra in three environments: the same servers and services, other sizes, and nothing of one workspace in another. */

import type { WhyResource } from "@provisioning/actions";
import type { Plan } from "@provisioning/model";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeWorkspace, obstacle, type TestWorkspace } from "./support/platform.js";

const SIZES = { dev: "small", staging: "medium", prod: "large" } as const;
type Environment = keyof typeof SIZES;

/** What is asked for, without the sizes. */
function shapeOf({ changes }: Plan): unknown {
  return changes.map(({ address, kind }) => `${kind} ${address}`).sort();
}

function sizesOf({ changes }: Plan): unknown {
  const servers = changes.filter(({ resource }) => resource === "server");
  return [...new Set(servers.map(({ fields }) => fields.find(({ path }) => path === "plan")?.after))];
}

describe.skipIf(obstacle !== undefined)(`the pipeline example ${obstacle ?? ""}`, () => {
  let workspace: TestWorkspace;
  beforeAll(async () => {
    workspace = await makeWorkspace("pipeline");
  });
  afterAll(() => workspace?.destroy());

  const planOf = (...words: string[]) => workspace.json<Plan>("plan", ...words);

  it("has the same servers and services in every environment, in other sizes", async () => {
    const environments = Object.keys(SIZES) as Environment[];
    const plans = new Map<Environment, Plan>();
    for (const environment of environments) plans.set(environment, await planOf("--env", environment));
    const shapes = [...plans.values()].map(shapeOf);
    expect(shapes[1]).toEqual(shapes[0]);
    expect(shapes[2]).toEqual(shapes[0]);
    for (const [environment, plan] of plans) expect(sizesOf(plan)).toEqual([SIZES[environment]]);
  });

  it("has other settings of a service in each environment, and tells who says so", async () => {
    const memory = "taskserv.db-01.redis.config.max_memory_mb";
    for (const [environment, value] of Object.entries({ dev: 32, staging: 64, prod: 512 })) {
      expect(await workspace.json("why", memory, "--env", environment)).toMatchObject({ value });
    }
    expect(await workspace.json("why", "taskserv.db-01.redis.config", "--env", "prod")).toMatchObject({
      value: { max_memory_mb: 512, append_only: true },
    });
    expect(await workspace.json<WhyResource>("why", memory, "--env", "prod")).toMatchObject({
      origins: [
        { source: "environment", value: 512, wins: true, place: { file: "config/prod-defaults.toml" } },
        { source: "default of the taskserv's schema Config", value: 64, wins: false },
      ],
    });
  });

  it("is development unless something else is said, and a flag wins over the environment", async () => {
    expect(sizesOf(await planOf())).toEqual(["small"]);
    expect(sizesOf(await planOf("--env", "prod", "--plan", "xlarge"))).toEqual(["xlarge"]);
  });

  it("has one workspace for each environment, between which one command switches", async () => {
    for (const name of Object.keys(SIZES) as Environment[]) {
      const made = await workspace.run("workspace", "init", name, "--from", workspace.dir);
      expect(made.stderr).toBe("");
      await workspace.run("config", "set", "environment.default", name, "--workspace", name);
    }
    for (const name of Object.keys(SIZES) as Environment[]) {
      await workspace.json("workspace", "switch", name);
      expect(await workspace.json("workspace", "current", "--workspace", name)).toMatchObject({ name, active: true });
      expect(sizesOf(await planOf("--workspace", name))).toEqual([SIZES[name]]);
    }
    const listed = await workspace.json<
      readonly { readonly name: string; readonly lastUsed: string; readonly active: boolean }[]
    >("workspace", "list");
    expect(listed[0]).toMatchObject({ name: "prod", active: true, lastUsed: expect.any(String) });
    expect(listed.filter(({ active }) => active).length).toBe(1);
  });

  it("is valid in all of them", async () => {
    const report = await workspace.json<{ readonly ok: boolean; readonly workspaces: readonly unknown[] }>(
      "workspace",
      "validate",
      "--all",
    );
    expect(report.ok).toBe(true);
    expect(report.workspaces.length).toBe(4);
  });
});
