/** A repository of our own, signed by a key of our own, installed from over the network. */

import { execFileSync } from "node:child_process";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Json } from "@provisioning/model";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compileProgram, type Connection, requireSteps, runProgram } from "../../index.js";
import { startTestServer, type TestServer, testServerObstacle } from "../../testing/index.js";

const obstacle = (await testServerObstacle()) ?? toolsMissing();
let server: TestServer;
let connection: Connection;
let folder: string;
let mirror: Server;
let url: string;

function toolsMissing(): string | undefined {
  try {
    for (const tool of ["gpg", "dpkg-deb", "dpkg-scanpackages"]) execFileSync("which", [tool]);
    return undefined;
  } catch {
    return "needs gpg, dpkg-deb and dpkg-scanpackages";
  }
}

async function run(mode: "apply" | "check", steps: Json) {
  const list = requireSteps(steps, { taskserv: "demo", list: "install" });
  return runProgram(
    connection,
    compileProgram({ mode, sections: [{ taskserv: "demo", version: "1.0.0", steps: list, health: [] }] }),
  );
}

function publish(version: string): void {
  const tree = join(folder, "tree");
  mkdirSync(join(tree, "DEBIAN"), { recursive: true });
  writeFileSync(
    join(tree, "DEBIAN/control"),
    `Package: own-tool\nVersion: ${version}\nArchitecture: all\nMaintainer: test <test@example.org>\nDescription: a tool\n`,
  );
  execFileSync("dpkg-deb", ["-b", tree, join(folder, "own-tool.deb")], { stdio: "ignore" });
  const packages = execFileSync("dpkg-scanpackages", ["-m", "."], { cwd: folder, stdio: ["ignore", "pipe", "ignore"] });
  writeFileSync(join(folder, "Packages"), packages);
  const digest = execFileSync("sha256sum", ["Packages"], { cwd: folder, encoding: "utf8" }).split(" ")[0];
  writeFileSync(
    join(folder, "Release"),
    `Origin: test\nDate: ${new Date().toUTCString()}\nSHA256:\n ${digest} ${packages.length} Packages\n`,
  );
  const sign = [
    "--homedir",
    join(folder, "gpg"),
    "--batch",
    "--yes",
    "--clearsign",
    "-o",
    join(folder, "InRelease"),
    join(folder, "Release"),
  ];
  execFileSync("gpg", sign, { stdio: "ignore" });
}

describe.skipIf(obstacle !== undefined)(`a repository${obstacle ? ` (skipped: ${obstacle})` : ""}`, () => {
  let key: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "repository-"));
    mkdirSync(join(folder, "gpg"), { mode: 0o700 });
    const home = ["--homedir", join(folder, "gpg"), "--batch"];
    execFileSync("gpg", [...home, "--passphrase", "", "--quick-generate-key", "test@example.org", "ed25519", "sign", "never"], {
      stdio: "ignore",
    });
    key = execFileSync("gpg", [...home, "--armor", "--export"], { encoding: "utf8" });
    publish("1.0");
    mirror = createServer((request, response) => {
      try {
        response.end(readFileSync(join(folder, request.url ?? "")));
      } catch {
        response.writeHead(404).end();
      }
    });
    await new Promise<void>((resolve) => mirror.listen(0, "0.0.0.0", resolve));
    server = await startTestServer();
    connection = await server.connect();
    const gateway = await server.exec("sh", "-c", "ip route show default | awk '{ print $3 }'");
    url = `http://${gateway}:${(mirror.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await connection?.close();
    await server?.remove();
    mirror?.close();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  const steps = (version?: string): Json => [
    { kind: "repository", id: "repository", name: "own", url, suite: "./", key },
    { kind: "package", id: "package", names: ["own-tool"], ...(version === undefined ? {} : { version }) },
  ];
  const statuses = async (mode: "apply" | "check", list: Json) => (await run(mode, list)).steps.map((step) => step.status);

  it("is added, used and found done", async () => {
    expect(await statuses("check", steps())).toEqual(["would_change", "would_change"]);
    expect(await statuses("apply", steps())).toEqual(["changed", "changed"]);
    expect(await statuses("apply", steps())).toEqual(["ok", "ok"]);
  });

  it("finds a newer version although its lists are fresh", async () => {
    publish("2.0");
    const newer = await run("apply", steps("2.*"));
    expect(newer.steps).toMatchObject([{ status: "ok" }, { status: "changed" }]);
    expect(await statuses("check", steps("2.0"))).toEqual(["ok", "ok"]);
    const missing = await run("apply", steps("3.0"));
    expect(missing.steps[1]).toMatchObject({ status: "failed", reason: "PACKAGE_NOT_FOUND" });
  });

  it("is refused with another key, and tried again the next time", async () => {
    const home = ["--homedir", join(folder, "gpg"), "--batch"];
    execFileSync("gpg", [...home, "--passphrase", "", "--quick-generate-key", "other@example.org", "ed25519", "sign", "never"], {
      stdio: "ignore",
    });
    const other = execFileSync("gpg", [...home, "--armor", "--export", "other@example.org"], { encoding: "utf8" });
    const forged: Json = [{ kind: "repository", id: "repository", name: "own", url, suite: "./", key: other }];
    expect(await statuses("apply", forged)).toEqual(["failed"]);
    expect(await statuses("apply", forged)).toEqual(["failed"]);
    expect((await run("apply", [(steps() as Json[])[0] ?? null])).steps[0]?.status).toBe("changed");
  });

  it("says when it cannot be reached", async () => {
    const gone: Json = [{ kind: "repository", id: "gone", name: "gone", url: url.replace(/:\d+$/, ":9"), suite: "./", key }];
    expect((await run("apply", gone)).steps[0]).toMatchObject({ status: "failed", reason: "NETWORK_UNREACHABLE" });
    expect(await server.exec("ls", "/etc/apt/sources.list.d")).not.toContain("gone");
  });
});
