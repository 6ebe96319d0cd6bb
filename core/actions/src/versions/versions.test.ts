/** Versions against indexes on this machine, under a clock that the test sets. */

import { createServer, type Server } from "node:http";
import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { systemClock } from "@provisioning/model";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { invoke } from "../invoke.js";
import { type TestContext, testContext } from "../testing/test-context.js";

let base: string;
let server: Server;
let url: string;
let requests: string[];
let answers: Record<string, string | Uint8Array>;
let now: number;

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "version-actions-"));
  [requests, now] = [[], Date.parse("2026-01-01T00:00:00Z")];
  answers = {
    "/Packages.gz": gzipSync("Package: nginx\nVersion: 1.22.1-9\n\nPackage: redis-server\nVersion: 5:7.0.15-1\n"),
    "/repos/acme/queue/releases": JSON.stringify([{ tag_name: "v1.2.9" }, { tag_name: "v1.9.0" }, { tag_name: "v2.0.0" }]),
  };
  server = createServer((request, response) => {
    requests.push(request.url ?? "");
    const answer = answers[request.url ?? ""];
    response.writeHead(answer === undefined ? 404 : 200).end(answer ?? "not here");
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await invoke("workspace.create", at(), { name: "ws" });
  await invoke("generate.write", here(), { kind: "taskserv", name: "queue", category: "messaging" });
  await appendFile(join(taskserv(), "manifest.toml"), '\n[update_source]\ntype = "github"\nlocation = "acme/queue"\n');
  await rules("");
});
afterEach(async () => {
  await new Promise((done) => server.close(done));
  await rm(base, { recursive: true, force: true });
});

const at = (...path: string[]): TestContext =>
  testContext(join(base, ...path), {
    environment: { XDG_CONFIG_HOME: join(base, "user"), XDG_CACHE_HOME: join(base, "cache") },
    clock: { ...systemClock, now: () => now },
  });
const here = () => at("ws");
const taskserv = () => join(base, "ws/extensions/taskservs/messaging/queue");
const rules = (more: string) =>
  writeFile(
    join(base, "ws/config/provisioning.yaml"),
    `versions:\n  grace_hours: 2\n  apt_indexes: [${url}/Packages.gz]\n  releases_url: ${url}\n${more}`,
  );
const check = async (names: readonly string[], refresh = false) => invoke("version.check", here(), { names, refresh });
const infra = (taskservs: string) =>
  writeFile(
    join(base, "ws/infra/demo/main.k"),
    `import provisioning.settings as cfg\nsettings: cfg.Settings = {\n    infra = {name = "demo"}\n    servers = [{name = "web-01", taskservs = ${taskservs}}]\n}\n`,
  );

describe("a check", () => {
  it("asks each source once, and not again while the answer counts", async () => {
    const first = await check(["nginx", "redis", "queue"]);
    expect(requests.sort()).toEqual(["/Packages.gz", "/repos/acme/queue/releases"]);
    expect(first.map(({ taskserv: name, newest, update, cached }) => [name, newest, update, cached])).toEqual([
      ["nginx", "1.22.1-9", false, false],
      ["redis", "5:7.0.15-1", false, false],
      ["queue", "v2.0.0", false, false],
    ]);
    requests = [];
    now += 7_199_000;
    expect((await check(["nginx", "redis", "queue"])).every(({ cached }) => cached)).toBe(true);
    expect(requests).toEqual([]);
    now += 1_000;
    await check(["queue"]);
    expect(requests).toEqual(["/repos/acme/queue/releases"]);
    requests = [];
    await check(["queue"], true);
    expect(requests.length).toBe(1);
  });

  it("says what it last knew when a source does not answer", async () => {
    await check(["queue"]);
    delete answers["/repos/acme/queue/releases"];
    const [again] = await check(["queue"], true);
    expect(again).toMatchObject({ newest: "v2.0.0", cached: true, problem: expect.stringContaining("404") });
    answers["/repos/acme/queue/releases"] = "<html>";
    expect((await check(["queue"], true))[0]?.problem).toContain("no JSON");
    await rules("  strategies: {queue: none}\n");
    expect((await check(["queue"], true))[0]).toMatchObject({ strategy: "none" });
  });

  it("knows only taskservs that there are", async () => {
    await expect(check(["quue"])).rejects.toMatchObject({ code: "TASKSERV_UNKNOWN", hint: "Did you mean queue?" });
  });
});

describe("the lock of a workspace", () => {
  it("holds what the infras use with all that it requires, and the software that was known", async () => {
    await infra('["queue"]');
    await check(["queue"]);
    await rules('  constraints: {queue: "~1.2"}\n');
    const look = await invoke("version.lock", here(), { check: true });
    expect(look).toMatchObject({ written: false, taskservs: 2 });
    const written = await invoke("version.lock", here(), {});
    expect(written.changes.map(({ taskserv: name, change }) => [name, change])).toEqual([
      ["os", "added"],
      ["queue", "added"],
    ]);
    expect(await readFile(join(base, "ws/provisioning.lock"), "utf8")).toContain('software = "v1.2.9"');
    expect(await invoke("version.lock", here(), {})).toMatchObject({ written: false, changes: [] });
  });

  it("is told apart from what is here, in the list and by a plan", async () => {
    await infra('["queue"]');
    await invoke("version.lock", here(), {});
    const before = here();
    await invoke("workspace.validate", before, {});
    expect(before.events).toEqual([]);
    await appendFile(join(taskserv(), "schema.k"), "\nschema Other:\n    a: int\n");
    const entry = (await invoke("version.list", here(), {})).find(({ name }) => name === "queue");
    expect(entry).toMatchObject({ kind: "taskserv", present: "0.1.0", locked: "0.1.0", differs: true, installed: [] });
    const after = here();
    await invoke("workspace.validate", after, {});
    expect(after.events).toContainEqual({ type: "warning", text: expect.stringContaining("queue") });
  });
});

describe("a lock that differs from what is here", () => {
  it("refuses an apply, with what to type next, and only tells it in a plan", async () => {
    await infra('["queue"]');
    await invoke("version.lock", here(), {});
    const manifest = join(taskserv(), "manifest.toml");
    await writeFile(manifest, (await readFile(manifest, "utf8")).replace('version = "0.1.0"', 'version = "0.2.0"'));
    const refused = invoke("infra.apply", here(), {});
    await expect(refused).rejects.toMatchObject({
      code: "LOCK_DIFFERS",
      message: "The taskserv queue is version 0.2.0 here, not 0.1.0 as in provisioning.lock.",
      hint: expect.stringContaining("provisioning version lock"),
    });
    const looking = here();
    await invoke("infra.why", looking, { subject: "taskserv.web-01.queue.version" });
    expect(looking.events).toContainEqual({ type: "warning", text: expect.stringContaining("0.2.0 here") });
    await invoke("version.lock", here(), {});
    expect(await invoke("infra.apply", here(), {})).toMatchObject({ outcome: "declined" });
  });
});

describe("an upgrade", () => {
  const lockAt = async (software: string) => {
    await infra('["queue"]');
    await invoke("version.lock", here(), {});
    const file = join(base, "ws/provisioning.lock");
    const text = await readFile(file, "utf8");
    await writeFile(file, text.replace(/(\[taskservs\.queue\]\n.*\n.*\n)/, `$1software = "${software}"\n`));
  };

  it.each([
    ["major", "v2.0.0"],
    ["minor", "v1.9.0"],
    ["patch", "v1.2.9"],
    ["none", undefined],
  ])("with the strategy %s goes from 1.2.3 to %s", async (strategy, to) => {
    await lockAt("v1.2.3");
    await rules(`  strategies: {queue: ${strategy}}\n`);
    const expected = to === undefined ? [] : [{ taskserv: "queue", from: "v1.2.3", to }];
    expect(await invoke("version.upgrade", here(), { names: ["queue"], check: true })).toMatchObject({
      upgrades: expected,
      written: false,
    });
    expect((await check(["queue"]))[0]).toMatchObject({ current: "v1.2.3", update: to !== undefined });
    expect(await invoke("version.upgrade", here(), { names: ["queue"] })).toMatchObject({
      upgrades: expected,
      written: to !== undefined,
    });
    expect(await invoke("version.upgrade", here(), { names: ["queue"] })).toMatchObject({ upgrades: [], written: false });
  });

  it("needs a lock", async () => {
    await expect(invoke("version.upgrade", here(), {})).rejects.toMatchObject({ code: "LOCK_MISSING" });
  });
});

describe("the list", () => {
  it("has the platform, the providers and every taskserv, also outside of a workspace", async () => {
    const entries = await invoke("version.list", at(), {});
    expect(entries[0]).toMatchObject({ kind: "platform", name: "provisioning", present: "0.0.0", differs: false });
    expect(entries.some(({ kind, name }) => kind === "provider" && name === "local")).toBe(true);
    expect(entries.filter(({ kind }) => kind === "taskserv").length).toBeGreaterThan(7);
    expect(requests).toEqual([]);
  });
});
