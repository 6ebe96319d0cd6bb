/** A program killed at a random moment: applying again converges, and no restart is lost. The seed is in the name of each case. */

import { type Json, newRunId } from "@provisioning/model";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compileProgram, type Connection, requireSteps, runProgram } from "../index.js";
import { startTestServer, type TestServer, testServerObstacle } from "../testing/index.js";

const obstacle = await testServerObstacle();
const ROUNDS = Number(process.env.INTERRUPTION_ROUNDS ?? 12);
const WAYS = ["program killed", "connection cut", "aborted"] as const;
let server: TestServer;

function steps(content: string): Json {
  return [
    { kind: "user", id: "user", name: "worker", system: true, home: "/var/lib/worker" },
    { kind: "directory", id: "folder", path: "/etc/worker", mode: "0750", group: "worker" },
    { kind: "file", id: "config", path: "/etc/worker/config", content: `value ${content}\n`, group: "worker", mode: "0640" },
    { kind: "file", id: "big", path: "/etc/worker/big", content: `${content}\n`.repeat(20_000) },
    {
      kind: "systemd_unit",
      id: "unit",
      name: "worker",
      // The service shows which configuration it started with.
      content: `[Service]\nExecStartPre=/bin/cp /etc/worker/config /run/worker.seen\nExecStart=/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\n`,
    },
    { kind: "service", id: "service", name: "worker", enabled: true, state: "started", restart_on: ["config", "unit"] },
    { kind: "command", id: "react", command: ["cp", "/etc/worker/config", "/etc/worker/reacted"], on_change: ["config"] },
  ];
}

function program(content: string): string {
  const list = requireSteps(steps(content), { taskserv: "worker", list: "install" });
  return compileProgram({ mode: "apply", sections: [{ taskserv: "worker", version: "1.0.0", steps: list, health: [] }] });
}

/** A small generator (mulberry32), so that a seed replays. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe.skipIf(obstacle !== undefined)(`an interrupted program${obstacle ? ` (skipped: ${obstacle})` : ""}`, () => {
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server?.remove());

  const firstSeed = Number(process.env.INTERRUPTION_SEED ?? Date.now() % 100_000);
  it.each(Array.from({ length: ROUNDS }, (_, index) => [firstSeed + index, WAYS[index % WAYS.length] ?? "aborted"] as const))(
    "converges after seed %i, %s",
    async (seed, way) => {
      const content = newRunId();
      const next = random(seed);
      const delayMs = Math.floor(next() * 700);
      await interrupt(program(content), way, delayMs);
      const connection = await server.connect();
      const report = await runProgram(connection, program(content));
      expect(report.steps.filter((step) => step.status === "failed")).toEqual([]);
      expect(await server.exec("cat", "/run/worker.seen", "/etc/worker/reacted")).toBe(`value ${content}\nvalue ${content}`);
      const again = await runProgram(connection, program(content));
      expect(again.summary).toMatchObject({ changed: 0, failed: 0 });
      expect(await server.exec("sh", "-c", "ls -A /etc/worker; ls -d /run/provisioning-program.* 2>/dev/null || :")).toBe(
        "big\nconfig\nreacted",
      );
      await connection.close();
    },
  );

  it.each(WAYS.map((way, index) => [firstSeed + index, way] as const))(
    "finishes an installation of packages after seed %i, %s, and lets services start again",
    async (seed, way) => {
      await interrupt(packages("present"), way, Math.floor(random(seed)() * 2_500));
      const connection = await server.connect();
      const report = await runProgram(connection, packages("present"));
      expect(report.steps.filter((step) => step.status === "failed")).toEqual([]);
      expect(await server.exec("dpkg", "--audit")).toBe("");
      expect(await server.exec("sh", "-c", "ls /usr/sbin/policy-rc.d* 2>/dev/null || :")).toBe("");
      expect(await server.exec("sh", "-c", "systemctl is-active memcached tinyproxy || :")).toBe("inactive\ninactive");
      await runProgram(connection, packages("absent"));
      await connection.close();
    },
  );

  it.each([
    ["install reinstreq half-installed", "before its files are all there"],
    ["install reinstreq unpacked", "between its last file and the note that it is whole"],
  ])("gets a package again whose state is '%s', cut off %s", async (state) => {
    const connection = await server.connect();
    await runProgram(connection, packages("present"));
    const status = "/var/lib/dpkg/status";
    await server.exec("sed", "-i", `/^Package: memcached$/,/^$/s/^Status: .*/Status: ${state}/`, status);
    expect(await server.exec("dpkg", "--audit")).toContain("memcached");
    const report = await runProgram(connection, packages("present"));
    expect(report.steps.filter((step) => step.status === "failed")).toEqual([]);
    expect(await server.exec("dpkg", "--audit")).toBe("");
    await runProgram(connection, packages("absent"));
    await connection.close();
  });
});

function packages(state: "present" | "absent"): string {
  const steps = [{ kind: "package", id: "packages", names: ["memcached", "tinyproxy"], start: false, state, purge: true }];
  const list = requireSteps(steps, { taskserv: "worker", list: "install" });
  return compileProgram({ mode: "apply", sections: [{ taskserv: "worker", version: "1.0.0", steps: list, health: [] }] });
}

async function interrupt(text: string, way: (typeof WAYS)[number], delayMs: number): Promise<void> {
  const connection: Connection = await server.connect();
  const controller = new AbortController();
  const strike = async (session: number) => {
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    if (way === "aborted") controller.abort(new Error("aborted"));
    else if (way === "connection cut") await server.exec("sh", "-c", killWhere("grep -qa '^sshd: root' /proc/$pid/cmdline"));
    else await server.exec("sh", "-c", killWhere(`[ "$4" = ${session} ]`));
  };
  let struck: Promise<void> | undefined;
  await runProgram(connection, text, {
    signal: controller.signal,
    onStart: ({ session }) => {
      struck = strike(session);
    },
  }).catch(() => undefined);
  await struck?.catch(() => undefined);
  await connection.close();
}

function killWhere(condition: string): string {
  return [
    "for stat in /proc/[0-9]*/stat; do",
    "  read -r line <$stat || continue",
    "  pid=${line%% *}",
    "  set -- ${line##*) }",
    `  if ${condition}; then kill -KILL "$pid"; fi`,
    "done 2>/dev/null; :",
  ].join("\n");
}
