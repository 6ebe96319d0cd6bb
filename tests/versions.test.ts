/** What is really installed on a server, beside what is locked and what is available; and a lock that holds. */

import { createServer, type Server } from "node:http";
import { readFile, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { LockedVersions, VersionEntry } from "@provisioning/actions";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fixture, makeWorkspace, obstacle, type TestWorkspace } from "./support/platform.js";

const AVAILABLE = "9:99.0-1";

describe.skipIf(obstacle !== undefined)("versions of a server that is there", () => {
  let workspace: TestWorkspace;
  let index: Server;

  beforeAll(async () => {
    index = createServer((_, response) => response.end(gzipSync(`Package: redis-server\nVersion: ${AVAILABLE}\n`)));
    await new Promise<void>((done) => index.listen(0, "127.0.0.1", done));
    workspace = await makeWorkspace(fixture("small"));
    await workspace.edit("infra/small/main.k", (text) => text.replace(/ {8}\{name = "two".*\n/, ""));
    const mirror = `http://127.0.0.1:${(index.address() as AddressInfo).port}/Packages.gz`;
    await workspace.run("config", "set", "versions.apt_indexes", mirror);
    expect((await workspace.run("apply", "--yes")).code).toBe(0);
  });
  afterAll(async () => {
    await workspace.destroy();
    await new Promise((done) => index.close(done));
  });

  const redis = async () => (await workspace.json<VersionEntry[]>("version", "list")).find(({ name }) => name === "redis");

  it("lists what is installed next to what is locked and available", async () => {
    const before = await redis();
    expect(before).toMatchObject({ present: "1.0.0", installed: ["1.0.0"], differs: false });
    expect(before?.software?.installed).toEqual([expect.stringMatching(/^5:\d+\.\d+/)]);
    expect(before?.software?.locked).toBeUndefined();
    await workspace.run("version", "check", "redis");
    await workspace.json("version", "lock", "--installed");
    const after = await redis();
    expect(after).toMatchObject({ locked: "1.0.0", software: { available: AVAILABLE } });
    expect([after?.software?.locked]).toEqual(before?.software?.installed);
    const { stdout } = await workspace.run("version", "list");
    const row = stdout.split("\n").find((line) => / redis /.test(line));
    expect(row).toContain(AVAILABLE);
    expect(row?.split(after?.software?.locked ?? "?").length).toBe(3);
  });

  it("writes what is installed only when it is asked to", async () => {
    const lock = () => readFile(join(workspace.dir, "provisioning.lock"), "utf8");
    await writeFile(
      join(workspace.dir, "provisioning.lock"),
      (await lock()).replace(/(\[taskservs\.redis\][^[]*software = ").*"/, '$15:1.0"'),
    );
    expect(await lock()).toContain("5:1.0");
    expect(await workspace.json<LockedVersions>("version", "lock")).toMatchObject({ written: false });
    const { changes } = await workspace.json<LockedVersions>("version", "lock", "--installed");
    expect(changes).toMatchObject([{ taskserv: "redis", change: "changed", from: expect.stringContaining("5:1.0") }]);
    expect(await lock()).not.toContain("5:1.0");
  });

  it("refuses an apply with another version than the locked one, and touches nothing", async () => {
    const path = join(workspace.dir, "provisioning.lock");
    const good = await readFile(path, "utf8");
    await writeFile(path, good.replace(/(\[taskservs\.redis\]\nversion = ").*"/, '$10.9.0"'));
    await workspace.edit("infra/small/main.k", (text) =>
      text.replace('["redis"]', '[{name = "redis", config = {databases = 8}}]'),
    );
    const { code, stderr } = await workspace.run("apply", "--yes");
    expect(code).toBe(3);
    expect(stderr).toContain("LOCK_DIFFERS The taskserv redis is version 1.0.0 here, not 0.9.0 as in provisioning.lock.");
    expect(stderr).toContain("provisioning version lock");
    expect((await workspace.run("plan")).stderr).toContain("not 0.9.0 as in provisioning.lock");
    await writeFile(path, good);
    expect((await workspace.run("apply", "--yes")).code).toBe(0);
  });
});
