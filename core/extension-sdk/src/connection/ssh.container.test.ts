/** SSH against a real sshd: host keys, logins, aborts, losses. */

import { createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createConnectionPool, openSshConnection, readHostKey } from "../index.js";
import { startTestServer, type TestServer, testServerObstacle } from "../testing/index.js";

const obstacle = await testServerObstacle();
let server: TestServer;
let other: TestServer;

/** Processes on the server whose command line matches; the pattern must not match itself. */
const processes = async (pattern: string) =>
  Number(await server.exec("sh", "-c", `grep -l -a '${pattern}' /proc/[0-9]*/cmdline 2>/dev/null | grep -c . || :`));

/** To what serves each connection on the server. */
const signalLogins = (signal: string) =>
  server.exec("sh", "-c", `for p in /proc/[0-9]*; do grep -qa '^sshd: root' $p/cmdline && kill -${signal} \${p#/proc/}; done; :`);

describe.skipIf(obstacle !== undefined)(`a connection over SSH${obstacle ? ` (skipped: ${obstacle})` : ""}`, () => {
  beforeAll(async () => {
    [server, other] = await Promise.all([startTestServer(), startTestServer()]);
  });
  afterAll(() => Promise.all([server?.remove(), other?.remove()]));

  it("runs programs, one round trip each, and gives lines, exit status and standard error", async () => {
    const connection = await server.connect();
    const lines: string[] = [];
    const result = await connection.run("echo one; echo two >&2; printf three; exit 7\n", { onLine: (line) => lines.push(line) });
    expect(lines).toEqual(["one", "three"]);
    expect(result).toEqual({ exit: 7, stderrTail: "two\n" });
    expect((await connection.run("kill -TERM $$\n")).exit).toBe(143);
    expect(connection.roundTrips).toBe(2);
    await connection.close();
    expect(connection.isOpen).toBe(false);
  });

  it("carries a large program and many lines", async () => {
    const connection = await server.connect();
    let count = 0;
    const filler = `# ${"x".repeat(1000)}\n`.repeat(4_000);
    await connection.run(`${filler}i=0; while [ $i -lt 5000 ]; do i=$((i + 1)); echo "line $i"; done\n`, {
      onLine: () => count++,
    });
    expect(count).toBe(5000);
    await connection.close();
  });

  it("runs several programs at once", async () => {
    const connection = await server.connect();
    const began = Date.now();
    await Promise.all([1, 2, 3, 4].map(() => connection.run("sleep 1\n")));
    expect(Date.now() - began).toBeLessThan(3_000);
    await connection.close();
  });

  it("refuses a machine that shows another host key", async () => {
    const foreign = await readHostKey({ host: other.address, port: 22 });
    expect(foreign).not.toBe(server.target.hostKeys[0]);
    await expect(openSshConnection({ ...server.target, hostKeys: [foreign] })).rejects.toMatchObject({
      code: "HOST_KEY_MISMATCH",
    });
    const rsa = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ";
    await expect(openSshConnection({ ...server.target, hostKeys: [rsa] })).rejects.toMatchObject({ code: "HOST_KEY_MISMATCH" });
    await expect(openSshConnection({ ...server.target, hostKeys: ["ssh-unknown AAAA"] })).rejects.toMatchObject({
      code: "HOST_KEY_INVALID",
    });
    await (await openSshConnection({ ...server.target, hostKeys: [foreign, ...server.target.hostKeys] })).close();
  });

  it("refuses to connect to a server without a recorded key", async () => {
    await expect(openSshConnection({ ...server.target, hostKeys: [] })).rejects.toMatchObject({ code: "HOST_KEY_MISMATCH" });
  });

  it("tells a refused login from an unreachable server", async () => {
    const { privateKey } = other.target;
    await expect(openSshConnection({ ...server.target, ...(privateKey ? { privateKey } : {}) })).rejects.toMatchObject({
      code: "SSH_AUTH",
      retry: "never",
    });
    await expect(openSshConnection({ ...server.target, port: 1 })).rejects.toMatchObject({
      code: "SERVER_UNREACHABLE",
      retry: "now",
    });
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as { port: number };
    const quiet = openSshConnection({ ...server.target, host: "127.0.0.1", port }, { connectTimeoutMs: 500 });
    await expect(quiet).rejects.toMatchObject({ code: "SERVER_UNREACHABLE" });
    silent.close();
  });

  it("ends a program with all it started when it is aborted", async () => {
    const connection = await server.connect();
    const controller = new AbortController();
    const program = `read -r a b c d e session rest </proc/$$/stat; printf '{"type":"start","pid":%s,"session":%s}\\n' $$ $session\ntimeout 900 sh -c 'sleep 4711; true' & sleep 4711\n`;
    const running = connection.run(program, {
      signal: controller.signal,
      onLine: () => setTimeout(() => controller.abort(new Error("stop")), 300),
    });
    await expect(running).rejects.toThrow("stop");
    expect(await processes("471[1]")).toBe(0);
    expect(connection.isOpen).toBe(true);
    expect((await connection.run("true\n")).exit).toBe(0);
    await connection.close();
  });

  it("ends a program that takes too long", async () => {
    const connection = await server.connect();
    const program = `read -r a b c d e session rest </proc/$$/stat; printf '{"type":"start","pid":%s,"session":%s}\\n' $$ $session\ntrap '' TERM; sleep 4712\n`;
    await expect(connection.run(program, { timeoutMs: 500 })).rejects.toMatchObject({ code: "PROGRAM_TIMEOUT" });
    expect(await processes("471[2]")).toBe(0);
    await connection.close();
  });

  it("ends what still runs when it is closed", async () => {
    const connection = await server.connect();
    const program = `read -r a b c d e session rest </proc/$$/stat; printf '{"type":"start","pid":%s,"session":%s}\\n' $$ $session\nsleep 4713\n`;
    let refused: Promise<void> | undefined;
    await new Promise<void>((begun) => {
      refused = expect(connection.run(program, { onLine: () => begun() })).rejects.toMatchObject({ code: "CONNECTION_LOST" });
    });
    await connection.close();
    expect(await processes("471[3]")).toBe(0);
    await refused;
    await expect(connection.run("true\n")).rejects.toMatchObject({ code: "CONNECTION_LOST" });
  });

  it("is closed soon when the server stands still", async () => {
    const connection = await server.connect();
    await signalLogins("STOP");
    const began = Date.now();
    await connection.close();
    await signalLogins("KILL");
    expect(Date.now() - began).toBeLessThan(5_000);
  });

  it("says when the connection breaks", async () => {
    const connection = await server.connect();
    const running = connection.run("sleep 30\n");
    setTimeout(() => void signalLogins("KILL"), 300);
    await expect(running).rejects.toMatchObject({ code: "CONNECTION_LOST", retry: "now" });
    expect(connection.isOpen).toBe(false);
    await expect(connection.run("true\n")).rejects.toMatchObject({ code: "CONNECTION_LOST" });
    await connection.close();
  });

  it("lends one connection to many, and another one after a loss", async () => {
    const pool = createConnectionPool({ idleMs: 300 });
    let opened = 0;
    const open = () => {
      opened += 1;
      return server.connect();
    };
    const work = () => pool.use("server", open, (connection) => connection.run("true\n"));
    await Promise.all([work(), work(), work()]);
    await work();
    expect(opened).toBe(1);
    await pool.use("server", open, (connection) => connection.close());
    await work();
    expect(opened).toBe(2);
    await new Promise((resolve) => setTimeout(resolve, 600));
    await work();
    expect(opened).toBe(3);
    await expect(
      pool.use(
        "gone",
        () => Promise.reject(new Error("no")),
        async () => 1,
      ),
    ).rejects.toThrow("no");
    await pool.close();
  });
});
