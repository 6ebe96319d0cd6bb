/**
 * Ctrl-C once and twice at random moments of a deployment, and two deployments at once. The moments follow from a seed, which is
 * printed; PROVISIONING_SEED repeats them.
 */

import { readdirSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { docker, inServer } from "./support/containers.js";
import { plantTaskserv } from "./support/plant.js";
import { fixture, identityOf, makeWorkspace, obstacle, type Running, type TestWorkspace } from "./support/platform.js";
import { generator, seed } from "./support/random.js";

const MAIN = "infra/small/main.k";
const SERVERS = ["one", "two"] as const;
const SLOW = ["slow-a", "slow-b"] as const;
/** Told apart from every other `sleep` on the machine. */
const WORK_SECONDS = "1.347";
const MOMENTS = 3;
/** From the first look at the servers: less than the work takes. */
const LONGEST_MS = 2_600;
/** What stopping at once may take: ending programs, and closing connections. */
const AT_ONCE_MS = 6_000;
/** And what leaving may take, which waits for nothing: less than what does not listen is given. */
const LEAVING_MS = 1_900;

interface Run {
  readonly status: string;
  readonly operations: readonly { readonly title: string; readonly status: string }[];
}

describe.skipIf(obstacle !== undefined)(`a first deployment that is stopped at once (seed ${seed})`, () => {
  const random = generator(seed + 1);
  let workspace: TestWorkspace;

  beforeAll(async () => {
    workspace = await makeWorkspace(fixture("small"));
  });
  afterAll(() => workspace.destroy());

  it("goes on with the servers that were being made, and makes no second one", async () => {
    for (let stop = 0; stop < MOMENTS; stop += 1) {
      const apply = workspace.begin("apply", "--yes");
      await apply.wrote("operations");
      await pause(random() * 1_000);
      apply.signal("SIGINT");
      await pause(random() * 200);
      apply.signal("SIGINT");
      expect((await apply.ended).code).toBe(130);
    }
    const last = await workspace.run("apply", "--yes");
    expect(last.code, last.stderr).toBe(0);
    expect((await workspace.run("health-check")).code).toBe(0);
    const label = `label=provisioning.workspace=${await identityOf(workspace)}`;
    expect((await docker("ps", "-aq", "--filter", label)).split("\n")).toHaveLength(SERVERS.length);
  });
});

describe.skipIf(obstacle !== undefined)(`a deployment that is interrupted (seed ${seed})`, () => {
  const random = generator(seed);
  let workspace: TestWorkspace;
  let round = 0;

  beforeAll(async () => {
    workspace = await makeWorkspace(fixture("small"));
    for (const [index, name] of SLOW.entries()) {
      await plantTaskserv(workspace, {
        name,
        requires: SLOW.slice(0, index),
        config: ["round: int"],
        body: [
          `_log = "/var/tmp/${name}.log"`,
          "_round = str(_config.round)",
          "install = [st.Script {",
          '    id = "work"',
          "    unless = \"grep -qx 'end {}' {}\".format(_round, _log)",
          `    script = "echo begin {0} >>{1}\\nsleep ${WORK_SECONDS}\\necho end {0} >>{1}".format(_round, _log)`,
          "}]",
          "health = []\n",
        ].join("\n"),
      });
    }
    await workspace.edit(MAIN, (text) => {
      const wanted = SLOW.map((name) => `{name = "${name}", config = {round = 0}}`).join(", ");
      return text.replace('["redis"]', `[${wanted}]`).replace('["nginx"]', `[${wanted}]`);
    });
    await workspace.json("apply", "--yes");
  });
  afterAll(() => workspace.destroy());

  /** There is work to do again: about three seconds on each server. */
  beforeEach(async () => {
    round += 1;
    await workspace.edit(MAIN, (text) => text.replaceAll(/round = \d+/g, `round = ${round}`));
  });

  it.each(moments())("finishes what is under way after one Ctrl-C, $at ms after its first look", async ({ at }) => {
    const apply = workspace.begin("apply", "--yes");
    await interrupt(apply, at);
    const { code, stderr } = await apply.ended;
    expect(stderr).toContain("Finishing what is under way, then stopping.");
    expect(code).toBe(130);
    expectNoLock();
    // What had begun was let finish; what had not was not begun.
    const before = await work();
    for (const { begun, ended } of before) expect(begun).toBe(ended);
    await expectConverged();
    // And was not done again.
    for (const { begun, ended } of await work()) expect([begun, ended]).toEqual([1, 1]);
  });

  it.each(moments())("stops at once after two, $at ms after its first look", async ({ at, gap }) => {
    const apply = workspace.begin("apply", "--yes");
    await interrupt(apply, at);
    await pause(gap);
    apply.signal("SIGINT");
    const since = performance.now();
    const { code } = await apply.ended;
    expect(performance.now() - since).toBeLessThan(AT_ONCE_MS);
    expect(code).toBe(130);
    expectNoLock();
    for (const server of SERVERS) expect(await left(server), server).toBe("");
    await expectConverged();
    for (const { begun, ended } of await work()) {
      expect(ended).toBe(1);
      expect(begun).toBeLessThanOrEqual(2);
    }
  });

  it("waits for what does not want to end, and cleans up after it", async () => {
    await stubborn(true);
    const apply = workspace.begin("apply", "--yes");
    await stopAmidWork(apply);
    const { code, stderr } = await apply.ended;
    expect(stderr).toContain("Stopping at once, as soon as servers have ended what runs there.");
    expect(code).toBe(130);
    for (const server of SERVERS) expect(await left(server), server).toBe("");
    await stubborn(false);
    await expectConverged();
  });

  it("leaves without waiting after three", async () => {
    await stubborn(true);
    const apply = workspace.begin("apply", "--yes");
    await stopAmidWork(apply);
    await apply.wrote("Stopping at once");
    apply.signal("SIGINT");
    const since = performance.now();
    const { code, stderr } = await apply.ended;
    expect(performance.now() - since).toBeLessThan(LEAVING_MS);
    expect(stderr).toMatch(/Left without waiting\. Run the same command again to go on\.\n$/);
    expect(code).toBe(130);
    await stubborn(false);
    await expectConverged();
  });

  it("refuses a second one at once and names the first; looking still works", async () => {
    const first = workspace.begin("apply", "--yes");
    await first.wrote("Start run");
    // It stands still, however slow this machine is: whoever waited for it would wait for ever.
    first.signal("SIGSTOP");
    try {
      for (const words of [
        ["apply", "--yes"],
        ["cluster", "delete", "--yes"],
        ["taskserv", "delete", "slow-b", "--yes"],
      ]) {
        const second = await workspace.run(...words);
        expect(second.code, second.stderr).toBe(6);
        expect(second.stderr).toContain("✗ STORE_BUSY ");
        expect(second.stderr).toMatch(new RegExp(`process ${first.pid} on \\S+ since \\d{4}-\\d\\d-\\d\\dT`));
        expect(second.stdout).toBe("");
      }
    } finally {
      first.signal("SIGCONT");
    }
    for (const words of [
      ["workflow", "status"],
      ["workflow", "list"],
      ["server", "list"],
      ["taskserv", "list"],
      ["cluster", "status"],
      ["plan"],
      ["apply", "--check"],
      ["cluster", "delete", "--check"],
    ]) {
      const looked = await workspace.run(...words);
      expect(looked.code, `${words.join(" ")}: ${looked.stderr}`).toBe(0);
    }
    expect(await first.ended).toMatchObject({ code: 0 });
    expectNoLock();
    for (const { begun, ended } of await work()) expect([begun, ended]).toEqual([1, 1]);
  });

  function moments(): { at: number; gap: number }[] {
    return Array.from({ length: MOMENTS }, () => ({
      at: Math.round(random() * LONGEST_MS),
      gap: Math.round(50 + random() * 400),
    }));
  }

  /** Ctrl-C, at a moment of the command's work: a process that has not come to listen yet is simply ended by the signal. */
  async function interrupt(apply: Running, at: number): Promise<void> {
    await apply.wrote("Look at 2 servers");
    await Promise.race([pause(at), apply.ended]);
    apply.signal("SIGINT");
  }

  /** Twice, when the work has begun on all servers. */
  async function stopAmidWork(apply: Running): Promise<void> {
    const isWorking = async (): Promise<boolean> => (await work()).filter(({ begun }) => begun > 0).length === SERVERS.length;
    await expect.poll(isWorking, { timeout: 30_000 }).toBe(true);
    apply.signal("SIGINT");
    await apply.wrote("Finishing what is under way");
    apply.signal("SIGINT");
  }

  /** The work ignores being asked to end, and takes longer. */
  async function stubborn(isStubborn: boolean): Promise<void> {
    const [calm, wild] = [`\\nsleep ${WORK_SECONDS}\\n`, `\\ntrap '' TERM\\nsleep 1${WORK_SECONDS}\\n`];
    for (const name of SLOW) {
      const file = join("extensions", "taskservs", "development", name, "taskserv.k");
      await workspace.edit(file, (text) => (isStubborn ? text.replace(calm, wild) : text.replace(wild, calm)));
    }
  }

  /** Programs and temporary files on a server, of commands that are not there any more. */
  function left(server: string): Promise<string> {
    const looks = [`pgrep -af 'slee[p] 1?${WORK_SECONDS}'`, "ls -d /run/provisioning-program.* 2>/dev/null"];
    return inServer(workspace, server, `${looks.join("; ")}; true`);
  }

  function expectNoLock(): void {
    const files = readdirSync(join(workspace.dir, "runtime", "store"), { recursive: true }).map(String);
    expect(files.filter((file) => file.includes("writer"))).toEqual([]);
  }

  async function expectConverged(): Promise<void> {
    const next = await workspace.run("apply", "--yes");
    expect(next.code, next.stderr).toBe(0);
    expect(await workspace.run("plan", "--detailed-exitcode")).toMatchObject({ code: 0 });
    const last = await workspace.json<Run>("workflow", "status");
    expect(last.operations.filter((operation) => operation.status === "failed")).toEqual([]);
  }

  /** How often the work of this round was begun and ended, for each server and taskserv. */
  async function work(): Promise<{ begun: number; ended: number }[]> {
    const counts = SERVERS.flatMap((server) =>
      SLOW.map(async (name) => {
        const log = await inServer(workspace, server, `cat /var/tmp/${name}.log 2>/dev/null || true`);
        const lines = log.split("\n");
        const count = (text: string) => lines.filter((line) => line === `${text} ${round}`).length;
        return { begun: count("begin"), ended: count("end") };
      }),
    );
    return Promise.all(counts);
  }
});
