/**
 * When things go wrong on real servers: what failed is named with its last lines of output, what has nothing to do with it is finished,
 * nothing half done is recorded as done, and the same command goes on after the fix.
 */

import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { containerOf, docker, inServer } from "./support/containers.js";
import { plantTaskserv } from "./support/plant.js";
import { fixture, makeWorkspace, obstacle, type Result, type TestWorkspace } from "./support/platform.js";

const MAIN = "infra/small/main.k";
const CONFIG = "config/provisioning.yaml";

interface Operation {
  readonly title: string;
  readonly status: string;
}
interface Run {
  readonly id: string;
  readonly status: string;
  readonly operations: readonly Operation[];
}
interface Applied {
  readonly outcome: string;
  readonly run?: Run;
}
interface Plan {
  readonly changes: readonly { readonly address: string; readonly kind: string; readonly reasons: readonly string[] }[];
}
interface Installed {
  readonly server: string;
  readonly name: string;
  readonly status: string;
}

const titles = (run: Run | undefined, status: string) =>
  (run?.operations ?? []).filter((operation) => operation.status === status).map((operation) => operation.title);
const changed = (plan: Plan) => plan.changes.filter((change) => change.kind !== "none").map((change) => change.address);
const asked = (name: string, config: string) => `{name = "${name}", config = {${config}}}`;

describe.skipIf(obstacle !== undefined)("taskservs that fail", () => {
  /** What is wrong, how it is put right, and what must be told about it. */
  const CASES = [
    {
      title: "a configuration that the service refuses",
      server: "two",
      taskserv: "picky",
      wrong: 'memory = "banana"',
      right: 'memory = "16mb"',
      says: [
        '✗ TASKSERV_FAILED picky on two: "Run redis-server.service" failed (SERVICE_FAILED).',
        "  │ >>> 'maxmemory banana'",
        "  │ argument must be a memory value",
        "  Changed before it failed: Install redis-server, Write /etc/redis/redis.conf.",
        "  Not started because of it: check picky on two.",
      ],
    },
    {
      title: "a package that does not exist",
      server: "one",
      taskserv: "ghost",
      wrong: 'package = "no-such-package"',
      right: 'package = "sysvinit-utils"',
      says: [
        '✗ TASKSERV_FAILED ghost on one: "Install no-such-package" failed (PACKAGE_NOT_FOUND).',
        "  │ No repository of this server offers: no-such-package",
        "  Not started because of it: check ghost on one.",
      ],
    },
    {
      title: "a health check that never passes",
      server: "two",
      taskserv: "sick",
      wrong: 'file = "/nowhere"',
      right: 'file = "/etc/hostname"',
      says: [
        "✗ TASKSERV_UNHEALTHY sick on two is not healthy: It is alive (COMMAND_FAILED, exit code 2).",
        "  │ ls: cannot access '/nowhere': No such file or directory",
        "  Not started because of it: install needs-sick on two, check needs-sick on two.",
      ],
    },
    {
      title: "a script that ends with 1",
      server: "one",
      taskserv: "script",
      wrong: 'script = "echo first; echo second >&2; exit 1"',
      right: 'script = "echo done >/var/tmp/script-done"',
      says: [
        '✗ TASKSERV_FAILED script on one: "Do the work" failed (COMMAND_FAILED, exit code 1).',
        "  │ first",
        "  │ second",
        "  Changed before it failed: Write what comes before.",
        "  Not reached: Write what comes after.",
      ],
    },
  ] as const;
  const place = (which: "wrong" | "right") => (text: string) =>
    CASES.reduce((result, item) => result.replace(item.right, item[which]).replace(item.wrong, item[which]), text);

  let workspace: TestWorkspace;
  let failed: Result;

  beforeAll(async () => {
    workspace = await makeWorkspace(fixture("small"));
    await plantTaskserv(workspace, {
      name: "picky",
      config: ["memory: str"],
      body: [
        "install = [",
        '    st.Package {id = "package", names = ["redis-server"], start = False}',
        '    st.File {id = "config", path = "/etc/redis/redis.conf", content = "port 7000\\ndir /var/lib/redis\\nmaxmemory " + _config.memory + "\\n"}',
        '    st.Service {id = "service", name = "redis-server", state = "started", restart_on = ["config"]}',
        "]",
        'health = [st.HealthCheck {id = "ping", command = ["redis-cli", "-p", "7000", "PING"], expect = "PONG", retries = 1}]\n',
      ].join("\n"),
    });
    await plantTaskserv(workspace, {
      name: "ghost",
      config: ["package: str"],
      body: 'install = [st.Package {id = "package", names = [_config.package]}]\nhealth = []\n',
    });
    await plantTaskserv(workspace, {
      name: "sick",
      config: ["file: str"],
      body: [
        'install = [st.File {id = "note", path = "/var/tmp/sick", content = "here\\n"}]',
        'health = [st.HealthCheck {id = "alive", title = "It is alive", command = ["ls", _config.file], retries = 1, interval_seconds = 1}]\n',
      ].join("\n"),
    });
    await plantTaskserv(workspace, { name: "needs-sick", requires: ["sick"] });
    await plantTaskserv(workspace, {
      name: "script",
      config: ["script: str"],
      body: [
        "install = [",
        '    st.File {id = "before", title = "Write what comes before", path = "/var/tmp/before", content = "1\\n"}',
        '    st.Script {id = "work", title = "Do the work", creates = "/var/tmp/script-done", script = _config.script}',
        '    st.File {id = "after", title = "Write what comes after", path = "/var/tmp/after", content = "1\\n"}',
        "]",
        "health = []\n",
      ].join("\n"),
    });
    const wanted = (server: string) =>
      CASES.filter((item) => item.server === server).map((item) => asked(item.taskserv, item.wrong));
    await workspace.edit(MAIN, (text) =>
      text
        .replace('["redis"]', `["redis", ${wanted("one").join(", ")}]`)
        .replace('["nginx"]', `["nginx", ${wanted("two").join(", ")}, "needs-sick"]`),
    );
    failed = await workspace.run("apply", "--yes");
  });
  afterAll(() => workspace.destroy());

  it.each(CASES)("tells what failed, its last lines and what comes next: $title", ({ server, says }) => {
    expect(failed.code).toBe(1);
    for (const line of says) expect(failed.stdout).toContain(`\n${line}\n`);
    expect(failed.stdout).toContain(
      `  → Look at it with: provisioning server ssh ${server}. After the fix, run the same command again`,
    );
    const next = failed.stdout.split("\n").filter((line) => line.startsWith("→ "));
    expect(next).toEqual([
      "→ Go on with: provisioning apply --infra small",
      expect.stringMatching(/^→ Or leave it out: provisioning workflow skip \S+ '/),
      expect.stringMatching(/^→ Or undo all of it: provisioning workflow rollback \S+$/),
    ]);
  });

  it("finishes what has nothing to do with it", async () => {
    const run = JSON.parse((await workspace.run("workflow", "status", "-o", "json")).stdout) as Run;
    expect(titles(run, "failed").sort()).toEqual([
      "check sick on two",
      "install ghost on one",
      "install picky on two",
      "install script on one",
    ]);
    for (const title of ["check redis on one", "check nginx on two", "install sick on two"]) {
      expect(titles(run, "completed")).toContain(title);
    }
    const health = await workspace.run("health-check", "--services", "redis,nginx");
    expect(health.code, health.stdout).toBe(0);
  });

  it("tells the same later: status of the run, of the services, of their health", async () => {
    const status = await workspace.run("workflow", "status");
    expect(status).toMatchObject({ code: 1, stdout: failed.stdout });
    const services = await workspace.json<Installed[]>("taskserv", "list");
    const statusOf = (name: string) => services.find((item) => item.name === name)?.status;
    for (const { taskserv } of CASES) expect(statusOf(taskserv), taskserv).toBe("failed");
    expect(statusOf("needs-sick")).toBeUndefined();
    expect(statusOf("redis")).toBe("ready");
    expect((await workspace.run("health-check")).code).toBe(1);
  });

  it("fails again, and does nothing else, when nothing was put right", async () => {
    const again = await workspace.run("apply", "--yes", "-o", "json");
    expect(again.code).toBe(1);
    const { run } = JSON.parse(again.stdout) as Applied;
    expect(titles(run, "failed")).toHaveLength(CASES.length);
    for (const title of run?.operations.map((operation) => operation.title) ?? [])
      expect(title).toMatch(/ghost|script|picky|sick/);
  });

  it("does what is left after the fix, and only that", async () => {
    await workspace.edit(MAIN, place("right"));
    const { outcome, run } = await workspace.json<Applied>("apply", "--yes");
    expect(outcome).toBe("completed");
    expect(run?.operations.map((operation) => operation.title).sort()).toEqual(
      ["ghost on one", "script on one", "picky on two", "sick on two", "needs-sick on two"]
        .flatMap((what) => [`install ${what}`, `check ${what}`])
        .sort(),
    );
    expect((await workspace.run("health-check")).code).toBe(0);
    expect(changed(await workspace.json<Plan>("plan"))).toEqual([]);
  });
});

describe.skipIf(obstacle !== undefined)("servers that cannot be worked on", () => {
  let workspace: TestWorkspace;

  beforeAll(async () => {
    workspace = await makeWorkspace(fixture("small"));
    await plantTaskserv(workspace, {
      name: "note",
      config: ["text: str"],
      body: 'install = [st.File {id = "note", path = "/dev/shm/note", content = _config.text}]\nhealth = []\n',
    });
    await workspace.edit(MAIN, (text) =>
      text.replace('["redis"]', `[${asked("note", 'text = "1"')}]`).replace('["nginx"]', `[${asked("note", 'text = "1"')}]`),
    );
    await workspace.json("apply", "--yes");
  });
  afterAll(() => workspace.destroy());

  const write = (text: string) => workspace.edit(MAIN, (before) => before.replaceAll(/text = "[^"]*"/g, `text = "${text}"`));
  const noteOn = (server: string) => inServer(workspace, server, "cat /dev/shm/note");

  /** What holds after a failure on `one` by any cause. */
  async function expectOnlyOneFailed(result: Result, code: string, text: string): Promise<void> {
    expect(result.stdout + result.stderr).toContain(code);
    expect(result.code).toBe(1);
    expect(await noteOn("two")).toBe(text);
    const services = await workspace.json<Installed[]>("taskserv", "list");
    expect(services.filter((item) => item.status !== "ready")).toMatchObject([{ server: "one", name: "note", status: "failed" }]);
    // The run has ended: nothing of it is taken up again.
    const run = JSON.parse((await workspace.run("workflow", "status", "-o", "json")).stdout) as Run;
    expect(run.status).toBe("failed");
  }

  async function expectRepaired(text: string): Promise<void> {
    expect(await workspace.json<Applied>("apply", "--yes")).toMatchObject({ outcome: "completed" });
    expect(await noteOn("one")).toBe(text);
    expect(changed(await workspace.json<Plan>("plan"))).toEqual([]);
  }

  it("says SERVER_UNREACHABLE when no SSH server answers, and goes on when it is back", async () => {
    await inServer(workspace, "one", "systemctl stop ssh.socket ssh.service");
    await write("unreachable");
    const plan = await workspace.json<Plan>("plan");
    expect(plan.changes.find((change) => change.address === "taskserv.one.note")).toMatchObject({
      kind: "read",
      reasons: [expect.stringContaining("No SSH connection to")],
    });
    await expectOnlyOneFailed(await workspace.run("apply", "--yes"), "SERVER_UNREACHABLE", "unreachable");
    const health = await workspace.run("health-check");
    expect(health).toMatchObject({ code: 1, stdout: expect.stringContaining("No SSH connection to") });
    await inServer(workspace, "one", "systemctl start ssh.service");
    await expectRepaired("unreachable");
  });

  it("starts a server that was stopped or frozen", async () => {
    for (const how of ["pause", "stop"]) {
      await docker(how, await containerOf(workspace, "one"));
      await write(how);
      const plan = await workspace.json<Plan>("plan");
      expect(changed(plan)).toContain("server.one");
      await workspace.json("apply", "--yes");
      expect(await noteOn("one")).toBe(how);
    }
  });

  it("says DISK_FULL when the server has no space left, and goes on when it has", async () => {
    await inServer(workspace, "one", "cat /dev/zero >/dev/shm/fill 2>/dev/null; true");
    const long = "long-".repeat(2000);
    await write(long);
    const result = await workspace.run("apply", "--yes");
    await expectOnlyOneFailed(result, "failed (DISK_FULL)", long);
    expect(result.stdout).toContain("No space left on device");
    expect(await noteOn("one")).toBe("stop");
    await inServer(workspace, "one", "rm /dev/shm/fill");
    await expectRepaired(long);
  });

  it("says ENGINE_UNREACHABLE with exit code 3 when the engine went away, and changes nothing", async () => {
    const before = await workspace.json("workflow", "list");
    await write("engine");
    await workspace.edit(CONFIG, (text) => `${text}\nlocal:\n  engine: "unix:///nowhere/engine.sock"\n`);
    try {
      for (const words of [["apply", "--yes"], ["plan"], ["cluster", "status"], ["cluster", "create", "small", "--yes"]]) {
        const result = await workspace.run(...words);
        expect(result.stderr).toContain(
          "✗ ENGINE_UNREACHABLE The container engine at unix:///nowhere/engine.sock cannot be reached.",
        );
        expect(result.stderr).toContain("→ ");
        expect(result).toMatchObject({ code: 3, stdout: "" });
      }
      expect(await workspace.json("workflow", "list")).toEqual(before);
    } finally {
      await workspace.edit(CONFIG, (text) => text.replace(/\nlocal:\n.*\n$/, ""));
    }
    await expectRepaired("engine");
  });

  it("says HOST_KEY_MISMATCH when another machine answers, sends it nothing, and takes the new key when it is told to", async () => {
    const machine = await machineOf(workspace, "two");
    const other = await makeWorkspace(fixture("small"));
    try {
      await plantTaskserv(other, {
        name: "visit",
        config: ["text: str"],
        body: 'install = [st.File {id = "visit", path = "/dev/shm/visit", content = _config.text}]\nhealth = []\n',
      });
      const host = (text: string, key: string) =>
        `{name = "two", taskservs = [${asked("visit", `text = "${text}"`)}], host = {address = "${machine.address}", key_file = "${machine.keyFile}"${key}}}`;
      let server = host("first", "");
      await other.edit(MAIN, (text) => text.replace(/ {8}\{name = "one".*\n/, "").replace(/\{name = "two".*\}/, server));
      const replace = async (next: string) => {
        await other.edit(MAIN, (text) => text.replace(server, next));
        server = next;
      };
      await other.json("apply", "--yes");

      const keys = "/etc/ssh/ssh_host_ed25519_key";
      await inServer(
        workspace,
        "two",
        `rm ${keys} ${keys}.pub && ssh-keygen -q -t ed25519 -N '' -f ${keys} && systemctl restart ssh`,
      );
      await replace(host("second", ""));
      const refused = await other.run("apply", "--yes");
      expect(refused.stdout).toContain("HOST_KEY_MISMATCH");
      expect(refused.code).toBe(1);
      expect(await inServer(workspace, "two", "cat /dev/shm/visit")).toBe("first");

      // Whoever owns the machine reads the new key where nobody can be in between.
      const key = (await inServer(workspace, "two", `cat ${keys}.pub`)).split(" ").slice(0, 2).join(" ");
      await replace(host("second", `, host_key = "${key}"`));
      await other.json("apply", "--yes");
      expect(await inServer(workspace, "two", "cat /dev/shm/visit")).toBe("second");
      // The workspace that made the server asks its engine for the key.
      await write("new-key");
      await expectRepaired("new-key");
      expect(await noteOn("two")).toBe("new-key");
    } finally {
      await other.destroy();
    }
  });
});

/** How the platform logs in to a server. */
async function machineOf(workspace: TestWorkspace, server: string): Promise<{ address: string; keyFile: string }> {
  const servers = await workspace.json<{ name: string; address: string }[]>("server", "list");
  const found = servers.find((item) => item.name === server);
  return { address: found?.address ?? "", keyFile: join(workspace.dir, "runtime/providers/local/id_ed25519") };
}
