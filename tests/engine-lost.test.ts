/**
 * The container engine goes away in the middle of a deployment, at every request that makes something: the run ends as failed with the
 * reason, and the same command goes on when the engine is back, without making anything twice.
 */

import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { docker } from "./support/containers.js";
import { type CuttableEngine, openCuttableEngine } from "./support/cuttable-engine.js";
import { engineLeftovers, fixture, identityOf, makeWorkspace, obstacle, type TestWorkspace } from "./support/platform.js";

interface Run {
  readonly status: string;
  readonly interrupted: boolean;
  readonly operations: readonly { readonly title: string; readonly status: string; readonly error?: { readonly code: string } }[];
}

const REQUESTS = [
  { what: "making the network", request: /^POST \S*\/networks\/create/ },
  { what: "creating a container", request: /^POST \S*\/containers\/create/ },
  { what: "starting a container", request: /^POST \S*\/containers\/[^/]+\/start/ },
] as const;
const CASES = REQUESTS.flatMap((made) =>
  (["before the request", "before the answer"] as const).map((moment) => ({ ...made, moment })),
);

describe.skipIf(obstacle !== undefined)("an engine that goes away in the middle of a run", () => {
  let workspace: TestWorkspace;
  let engine: CuttableEngine;

  beforeAll(async () => {
    workspace = await makeWorkspace(fixture("small"));
    engine = await openCuttableEngine(join(workspace.dir, "engine.sock"));
    await workspace.edit("config/provisioning.yaml", (text) => `${text}\nlocal:\n  engine: "${engine.address}"\n`);
  });
  afterAll(async () => {
    await workspace.destroy();
    await engine.close();
  });

  it.each(CASES)("is told when it is lost while $what, $moment, and the same command goes on", async ({ request, moment }) => {
    const lost = engine.cutAt(request, moment);
    const applied = await workspace.run("apply", "--yes");
    await lost;
    await engine.restore();
    expect(applied.code, applied.stderr).toBe(1);
    expect(applied.stdout).toContain("ENGINE_UNREACHABLE");
    expect(applied.stdout).toContain(engine.address);

    const run = JSON.parse((await workspace.run("workflow", "status", "-o", "json")).stdout) as Run;
    expect(run).toMatchObject({ status: "failed", interrupted: false });
    const failed = run.operations.filter((operation) => operation.status === "failed");
    expect(failed.length).toBeGreaterThan(0);
    for (const { error } of failed) expect(error?.code).toBe("ENGINE_UNREACHABLE");

    const again = await workspace.run("apply", "--yes");
    expect(again.code, again.stderr).toBe(0);
    expect((await workspace.run("health-check")).code).toBe(0);
    const label = `label=provisioning.workspace=${await identityOf(workspace)}`;
    expect((await docker("ps", "-aq", "--filter", label)).split("\n")).toHaveLength(2);

    expect((await workspace.run("cluster", "delete", "--yes")).code).toBe(0);
    expect(await engineLeftovers(await identityOf(workspace))).toEqual([]);
  });
});
