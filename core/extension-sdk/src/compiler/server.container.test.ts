/** Steps on a real server: packages, services, users, units, and everything else that needs root and systemd. */

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Json } from "@provisioning/model";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  compileProgram,
  type Connection,
  type ProgramMode,
  parseHealthChecks,
  requireSteps,
  runProgram,
  type ServerReport,
  undoSteps,
} from "../index.js";
import { startTestServer, type TestServer, testServerObstacle } from "../testing/index.js";

const obstacle = await testServerObstacle();
/** Kills every process of the session that this script runs in, as a crash of the server's shell would. */
const KILL_PROGRAM = [
  "read -r line </proc/$$/stat",
  "set -- ${line##*) }",
  "session=$4",
  "for stat in /proc/[0-9]*/stat; do",
  "  read -r line <$stat || continue",
  "  pid=${line%% *}",
  "  set -- ${line##*) }",
  '  [ "$4" != "$session" ] || [ "$pid" = $$ ] || kill -KILL "$pid"',
  "done",
].join("\n");

let server: TestServer;
let connection: Connection;

async function run(mode: ProgramMode, steps: Json, health: Json = [], taskserv = "demo"): Promise<ServerReport> {
  const program = compileProgram({
    mode,
    sections: [
      {
        taskserv,
        version: "1.0.0",
        steps: requireSteps(steps, { taskserv, list: "install" }),
        health: parseHealthChecks(health, { taskserv, list: "health" }).checks,
      },
    ],
  });
  return runProgram(connection, program);
}

const results = (report: ServerReport) =>
  report.steps.map((step) => [step.step, step.status, ...(step.reason ? [step.reason, step.output] : [])]);
const all = (steps: readonly { id: string }[], status: string) => steps.map(({ id }) => [id, status]);

/** The life of a list of steps: check tells, apply does, both find nothing afterwards, undo takes it back. */
async function expectLife(steps: ({ id: string } & Record<string, Json>)[], health: Json = []): Promise<void> {
  const before = await server.digest();
  expect(results(await run("check", steps))).toEqual(all(steps, "would_change"));
  expect(await server.digest()).toBe(before);
  const applied = await run("apply", steps, health);
  expect(results(applied)).toEqual(all(steps, "changed"));
  expect(applied.health.filter((check) => check.status !== "ok")).toEqual([]);
  const made = await server.digest();
  expect(results(await run("apply", steps, health))).toEqual(all(steps, "ok"));
  expect(results(await run("check", steps))).toEqual(all(steps, "ok"));
  expect(await server.digest()).toBe(made);
  const undo = undoSteps("demo", requireSteps(steps, { taskserv: "demo", list: "install" }));
  const program = (mode: ProgramMode) =>
    compileProgram({ mode, sections: [{ taskserv: "demo", version: "1.0.0", steps: undo, health: [] }] });
  const removed = await runProgram(connection, program("remove"));
  expect(removed.steps.filter((step) => step.status === "failed")).toEqual([]);
  const again = await runProgram(connection, program("remove"));
  expect(again.summary).toMatchObject({ changed: 0, failed: 0 });
  expect((await run("check", steps)).summary?.wouldChange).toBeGreaterThan(0);
}

describe.skipIf(obstacle !== undefined)(`steps on a server${obstacle ? ` (skipped: ${obstacle})` : ""}`, () => {
  beforeAll(async () => {
    server = await startTestServer();
    connection = await server.connect();
  });
  afterAll(async () => {
    await connection?.close();
    await server?.remove();
  });

  it("reports facts", async () => {
    const { facts } = await run("check", []);
    expect(facts).toMatchObject({
      osId: "debian",
      osVersion: "12",
      osCodename: "bookworm",
      hostname: server.name,
      init: "systemd",
    });
    expect(facts?.cpus).toBeGreaterThan(0);
    expect(facts?.memoryMiB).toBeGreaterThan(0);
    expect(facts?.diskFreeMiB).toBeGreaterThan(0);
    expect(facts?.addresses).toContain(server.address);
  });

  it("users, groups and keys", async () => {
    await expectLife([
      { kind: "group", id: "group", name: "builders", gid: 4242 },
      {
        kind: "user",
        id: "user",
        name: "builder",
        uid: 4243,
        groups: ["builders", "adm"],
        shell: "/bin/bash",
        comment: "Builds things",
        authorized_keys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExample someone@somewhere"],
      },
    ]);
  });

  it("files, folders, links and host entries", async () => {
    await expectLife([
      { kind: "directory", id: "folder", path: "/srv/demo", mode: "2750", group: "adm" },
      { kind: "file", id: "file", path: "/srv/demo/it's here", content: "x\n", owner: "daemon", mode: "0600" },
      { kind: "link", id: "link", path: "/usr/local/bin/demo", target: "/srv/demo/it's here" },
      { kind: "host_entry", id: "peer", address: "10.9.9.9", names: ["peer.internal", "peer"] },
    ]);
  });

  it("replaces a host entry when its address changes", async () => {
    const entry = (address: string) => [{ kind: "host_entry", id: "peer", address, names: ["peer"] }];
    await run("apply", entry("10.0.0.1"));
    await run("apply", entry("10.0.0.2"));
    expect((await server.exec("getent", "hosts", "peer")).split(/\s+/)).toEqual(["10.0.0.2", "peer"]);
  });

  const unit = (text: string) => ({
    kind: "systemd_unit",
    id: "unit",
    name: "demo-sleeper",
    content: `[Unit]\nDescription=${text}\n[Service]\nExecStart=/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\n`,
  });
  const sleeper = { kind: "service", id: "service", name: "demo-sleeper", enabled: true, state: "started", restart_on: ["unit"] };
  const pid = () => server.exec("systemctl", "show", "-p", "MainPID", "--value", "demo-sleeper");

  it("units and services", async () => {
    await expectLife(
      [unit("one"), sleeper],
      [{ id: "runs", command: ["systemctl", "is-active", "demo-sleeper"], expect: "active" }],
    );
  });

  it("restarts when a step it depends on changed, and only then", async () => {
    await run("apply", [unit("one"), sleeper]);
    const first = await pid();
    await run("apply", [unit("one"), sleeper]);
    expect(await pid()).toBe(first);
    expect(results(await run("check", [unit("two"), sleeper]))).toEqual([
      ["unit", "would_change"],
      ["service", "would_change"],
    ]);
    expect(await pid()).toBe(first);
    expect(results(await run("apply", [unit("two"), sleeper]))).toEqual([
      ["unit", "changed"],
      ["service", "changed"],
    ]);
    expect(await pid()).not.toBe(first);
  });

  it("does not lose a restart when the program dies between the change and the restart", async () => {
    await run("apply", [unit("one"), sleeper]);
    const first = await pid();
    // The parent of the command is timeout, its parent the subshell of the step, and its parent the program.
    const killer = { kind: "script", id: "kill", script: KILL_PROGRAM, unless: ["false"] };
    await expect(run("apply", [unit("three"), killer, sleeper])).rejects.toMatchObject({
      code: expect.stringMatching(/PROGRAM_INTERRUPTED|CONNECTION_LOST/),
    });
    expect(await pid()).toBe(first);
    expect(results(await run("check", [unit("three"), sleeper]))).toEqual([
      ["unit", "ok"],
      ["service", "would_change"],
    ]);
    expect(results(await run("apply", [unit("three"), sleeper]))).toEqual([
      ["unit", "ok"],
      ["service", "changed"],
    ]);
    expect(await pid()).not.toBe(first);
    expect(results(await run("apply", [unit("three"), sleeper]))).toEqual([
      ["unit", "ok"],
      ["service", "ok"],
    ]);
  });

  it("explains a service that does not start", async () => {
    const broken = {
      ...unit("broken"),
      content: "[Service]\nType=oneshot\nExecStart=/bin/sh -c 'echo no such config; exit 3'\n",
      name: "demo-broken",
    };
    const report = await run("apply", [broken, { kind: "service", id: "service", name: "demo-broken", state: "started" }]);
    expect(report.steps[1]).toMatchObject({
      status: "failed",
      reason: "SERVICE_FAILED",
      output: expect.stringContaining("no such config"),
    });
    const skipped = {
      ...unit("skipped"),
      content: "[Unit]\nConditionPathExists=/nowhere\n[Service]\nExecStart=/bin/sleep infinity\n",
      name: "demo-skipped",
    };
    const lied = await run("apply", [skipped, { kind: "service", id: "service", name: "demo-skipped", state: "started" }]);
    expect(lied.steps[1]).toMatchObject({ status: "failed", reason: "SERVICE_NOT_ACTIVE" });
    const missing = await run("apply", [{ kind: "service", id: "service", name: "demo-missing", state: "started" }]);
    expect(missing.steps[0]).toMatchObject({ status: "failed", reason: "SERVICE_NOT_FOUND" });
  });

  it("packages", async () => {
    await expectLife([{ kind: "package", id: "packages", names: ["tree", "less"] }]);
  });

  it("explains a package that does not exist", async () => {
    const report = await run("apply", [{ kind: "package", id: "packages", names: ["tree", "no-such-package-here"] }]);
    expect(report.steps[0]).toMatchObject({
      status: "failed",
      reason: "PACKAGE_NOT_FOUND",
      output: expect.stringContaining("no-such-package-here"),
    });
  });

  it("installs a service without starting it when asked, and lets others start afterwards", async () => {
    const policy = await server.exec("sh", "-c", "cat /usr/sbin/policy-rc.d 2>/dev/null || echo none");
    await run("apply", [{ kind: "package", id: "packages", names: ["memcached"], start: false }]);
    expect(await server.exec("sh", "-c", "systemctl is-active memcached || :")).toBe("inactive");
    expect(await server.exec("sh", "-c", "cat /usr/sbin/policy-rc.d 2>/dev/null || echo none")).toBe(policy);
    await run("remove", [{ kind: "package", id: "packages", names: ["memcached"], state: "absent", purge: true }]);
  });

  it("settings of the kernel, or why not", async () => {
    const before = await server.exec("cat", "/proc/sys/net/ipv4/ip_forward");
    await expectLife([{ kind: "sysctl", id: "forward", values: { "net.ipv4.ip_forward": before === "1" ? 0 : 1 } }]);
    const refused = await run("apply", [{ kind: "sysctl", id: "swap", values: { "vm.swappiness": 17 } }]);
    expect(refused.steps[0]).toMatchObject({ status: "failed", reason: "SYSCTL_REFUSED" });
    const module = await run("apply", [{ kind: "kernel_module", id: "module", name: "no_such_module" }]);
    expect(module.steps[0]).toMatchObject({ status: "failed", reason: "KERNEL_MODULE_UNAVAILABLE" });
  });

  it("mounts", async () => {
    await expectLife([
      { kind: "mount", id: "memory", path: "/mnt/memory", source: "tmpfs", fstype: "tmpfs", options: ["size=1m"] },
    ]);
  });

  it("waits for a port, and gives up", async () => {
    expect(results(await run("apply", [{ kind: "wait_for", id: "ssh", port: 22 }]))).toEqual([["ssh", "ok"]]);
    const report = await run("apply", [{ kind: "wait_for", id: "nobody", port: 4, timeout_seconds: 2 }]);
    expect(report.steps[0]).toMatchObject({ status: "failed", reason: "TIMEOUT" });
    const later = { kind: "script", id: "later", script: "(sleep 2; touch /tmp/arrived) >/dev/null 2>&1 &", unless: ["false"] };
    const waited = await run("apply", [later, { kind: "wait_for", id: "arrival", path: "/tmp/arrived" }]);
    expect(results(waited)).toEqual([
      ["later", "changed"],
      ["arrival", "ok"],
    ]);
  });

  it("reports outputs", async () => {
    const steps = [
      { kind: "output", id: "name", name: "host_name", path: "/etc/hostname" },
      { kind: "output", id: "token", name: "token", command: ["printf", 'a "token"\nof two lines'], secret: true },
      { kind: "output", id: "missing", name: "missing", path: "/nowhere" },
    ];
    const report = await run("apply", steps);
    expect(report.outputs).toEqual([
      { taskserv: "demo", name: "host_name", value: server.name, secret: false },
      { taskserv: "demo", name: "token", value: 'a "token"\nof two lines', secret: true },
    ]);
    expect(report.steps[2]).toMatchObject({ status: "failed", reason: "OUTPUT_UNAVAILABLE" });
  });

  it("says when the disk is full", async () => {
    await server.exec("sh", "-c", "mkdir -p /mnt/small && mount -t tmpfs -o size=64k tmpfs /mnt/small");
    const report = await run("apply", [{ kind: "file", id: "big", path: "/mnt/small/big", content: "x".repeat(200_000) }]);
    expect(report.steps[0]).toMatchObject({ status: "failed", reason: "DISK_FULL" });
    expect(await server.exec("ls", "-A", "/mnt/small")).toBe("");
  });

  it("runs as another user, in a folder, with environment and input", async () => {
    const report = await run("apply", [
      {
        kind: "script",
        id: "who",
        script: 'id -un; pwd; echo "$HOME"; echo "$GREETING"; cat',
        user: "daemon",
        cwd: "/var",
        env: { GREETING: "it's $HOME" },
        stdin: "from `stdin`\n",
        unless: ["false"],
      },
    ]);
    expect(report.steps[0]).toMatchObject({ status: "changed", output: "daemon\n/var\n/usr/sbin\nit's $HOME\nfrom `stdin`" });
  });

  it("stops a command that takes too long", async () => {
    const report = await run("apply", [
      { kind: "command", id: "slow", command: ["sleep", "60"], timeout_seconds: 1, unless: ["false"] },
    ]);
    expect(report.steps[0]).toMatchObject({ status: "failed", reason: "TIMEOUT" });
  });

  describe("downloads", () => {
    let folder: string;
    let mirror: Server;
    let base: string;
    let sha: (name: string) => string;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), "mirror-"));
      mkdirSync(join(folder, "tool-1.0/bin"), { recursive: true });
      writeFileSync(join(folder, "tool-1.0/bin/tool"), "#!/bin/sh\necho tool 1.0\n", { mode: 0o755 });
      execFileSync("tar", ["-C", folder, "-czf", join(folder, "tool.tar.gz"), "tool-1.0"]);
      mirror = createServer((request, response) => {
        try {
          response.end(readFileSync(join(folder, request.url ?? "")));
        } catch {
          response.writeHead(404).end();
        }
      });
      await new Promise<void>((resolve) => mirror.listen(0, "0.0.0.0", resolve));
      const gateway = await server.exec("sh", "-c", "ip route show default | awk '{ print $3 }'");
      base = `http://${gateway}:${(mirror.address() as AddressInfo).port}`;
      sha = (name) =>
        createHash("sha256")
          .update(readFileSync(join(folder, name)))
          .digest("hex");
    });
    afterAll(() => {
      mirror?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    it("files and archives", async () => {
      await expectLife([
        {
          kind: "download",
          id: "file",
          url: `${base}/missing`,
          mirrors: [`${base}/tool-1.0/bin/tool`],
          sha256: sha("tool-1.0/bin/tool"),
          path: "/usr/local/bin/fetched",
          mode: "0755",
        },
        {
          kind: "archive",
          id: "archive",
          url: `${base}/tool.tar.gz`,
          sha256: sha("tool.tar.gz"),
          path: "/usr/local",
          strip_components: 1,
          creates: "/usr/local/bin/tool",
        },
      ]);
    });

    it("refuses other bytes than promised", async () => {
      const report = await run("apply", [
        { kind: "download", id: "file", url: `${base}/tool.tar.gz`, sha256: "0".repeat(64), path: "/srv/fetched" },
      ]);
      expect(report.steps[0]).toMatchObject({ status: "failed", reason: "CHECKSUM_MISMATCH" });
      await expect(server.exec("test", "-e", "/srv/fetched")).rejects.toThrow();
    });
  });
});
