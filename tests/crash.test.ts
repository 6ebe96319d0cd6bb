/**
 * `kill -9` of the command at random moments of a deployment, each followed by the same command again: it ends like an undisturbed
 * run, without a second server and without anything to clear away by hand. The moments follow from a seed, which is printed;
 * PROVISIONING_SEED repeats them.
 */

import { execFile } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { engineLeftovers, identityOf, makeWorkspace, obstacle, type TestWorkspace } from "./support/platform.js";
import { generator, seed } from "./support/random.js";

const execute = promisify(execFile);
const KILLS = 20;
const LONGEST_MS = 6_000;

interface Status {
  readonly servers: readonly {
    name: string;
    status: string;
    taskservs: readonly { name: string; status: string; version: string }[];
  }[];
}

/** What must be equal after a disturbed and an undisturbed run: everything but addresses. */
async function outcome(workspace: TestWorkspace): Promise<unknown> {
  const status = await workspace.json<Status>("cluster", "status");
  const servers = status.servers.map(({ name, status: state, taskservs }) => ({
    name,
    state,
    taskservs: taskservs.map((taskserv) => [taskserv.name, taskserv.status, taskserv.version]),
  }));
  const health = await workspace.run("health-check");
  const plan = await workspace.run("plan", "--detailed-exitcode");
  return { servers, health: health.code, plan: plan.code };
}

describe.skipIf(obstacle !== undefined)(`a deployment that is killed ${KILLS} times (seed ${seed})`, () => {
  let disturbed: TestWorkspace;
  let undisturbed: TestWorkspace;

  beforeAll(async () => {
    [disturbed, undisturbed] = await Promise.all([makeWorkspace("quickstart"), makeWorkspace("quickstart")]);
  });
  afterAll(async () => {
    await disturbed.destroy();
    await undisturbed.destroy();
  });

  it("ends the same as one that was left alone", async () => {
    const random = generator(seed);
    let finished = 0;
    for (let kill = 0; kill < KILLS; kill += 1) finished += (await killAfter(disturbed, 100 + random() * LONGEST_MS)) ? 1 : 0;
    // A deployment that was over before the kills were would prove nothing.
    expect(finished, "kills that came too late").toBeLessThan(KILLS / 2);

    const last = await disturbed.run("apply", "--yes");
    expect(last.code, last.stderr).toBe(0);
    const found = await outcome(disturbed);
    await disturbed.run("cluster", "delete", "--yes");

    expect((await undisturbed.run("apply", "--yes")).code).toBe(0);
    expect(found).toEqual(await outcome(undisturbed));
    expect(found).toMatchObject({ health: 0, plan: 0 });
  });

  it("never makes a second server and leaves nothing behind", async () => {
    expect(await engineLeftovers(await identityOf(disturbed))).toEqual([]);
    const identity = await identityOf(undisturbed);
    const { stdout } = await execute("docker", ["ps", "-aq", "--filter", `label=provisioning.workspace=${identity}`]);
    expect(stdout.trim().split("\n")).toHaveLength(3);
  });
});

/** True when the command was over before. */
async function killAfter(workspace: TestWorkspace, ms: number): Promise<boolean> {
  const child = workspace.start("apply", "--yes");
  const exited = once(child, "exit").then(() => true);
  const over = await Promise.race([exited, new Promise<boolean>((resolve) => setTimeout(resolve, ms, false))]);
  if (!over) child.kill("SIGKILL");
  await exited;
  return over;
}
