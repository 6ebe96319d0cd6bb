/** Which version may follow which, what indexes say, and what a lock holds. */

import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadConfig } from "@provisioning/config";
import type { DiagnosticsError } from "@provisioning/model";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  compareVersions,
  loadTaskservCatalog,
  lockDifferences,
  newestAllowed,
  newestOf,
  digestOfTaskserv,
  openVersionCache,
  readLock,
  readVersionSettings,
  type UpdateStrategy,
  writeLock,
} from "../index.js";
import { versionsInPackages, versionsInReleases } from "./read-index.js";

let base: string;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "versions-"));
});
afterEach(() => rm(base, { recursive: true, force: true }));

describe("an update", () => {
  const available = ["1.2.9", "1.9.0", "2.0.0"];
  it.each<[UpdateStrategy, string]>([
    ["major", "2.0.0"],
    ["minor", "1.9.0"],
    ["patch", "1.2.9"],
    ["none", "1.2.3"],
  ])("goes as far as the strategy %s allows", (strategy, expected) => {
    expect(newestAllowed("1.2.3", available, { strategy })).toBe(expected);
  });

  it.each<[string, string, readonly string[], string]>([
    ["^1.2", "1.2.3", ["1.2.9", "1.9.0", "2.0.0"], "1.9.0"],
    ["~1.2.3", "1.2.3", ["1.2.9", "1.9.0", "2.0.0"], "1.2.9"],
    [">=1 <1.5 || 2.x", "1.2.3", ["1.4.0", "1.9.0", "2.0.0", "3.0.0"], "2.0.0"],
    ["1.2.3", "1.2.3", ["1.2.9", "2.0.0"], "1.2.3"],
    ["<1.2", "1.2.3", ["1.1.9", "2.0.0"], "1.2.3"],
    ["^1.2 || ^2.0.0-0", "1.2.3", ["2.0.0-rc.1"], "2.0.0-rc.1"],
    ["^1.2", "1.2.3", ["1.3.0-rc.1"], "1.2.3"],
  ])("keeps to the constraint %s", (constraint, current, versions, expected) => {
    expect(newestAllowed(current, versions, { strategy: "major", constraint })).toBe(expected);
  });

  it.each<[string, readonly string[], string]>([
    ["1.2.3", ["1.3.0-rc.1"], "1.2.3"],
    ["1.3.0-rc.1", ["1.3.0-rc.2", "1.3.0"], "1.3.0"],
    ["1.3.0-rc.1", ["1.3.0-rc.2"], "1.3.0-rc.2"],
    ["1.3.0-rc.1", ["1.4.0-rc.1"], "1.3.0-rc.1"],
    ["v1.2.3", ["v1.2.4", "nightly"], "v1.2.4"],
    ["5:7.0.15-1~deb12u1", ["5:7.0.15-1~deb12u3", "5:7.2.4-1"], "5:7.2.4-1"],
    ["1.22.1-9+deb12u1", ["1.22.1-9+deb12u2"], "1.22.1-9+deb12u1"],
    ["1.22.1-9", ["1.24.0+dfsg1-2", "2.0.0~rc1-1"], "1.24.0+dfsg1-2"],
    ["nothing", ["1.0.0"], "nothing"],
    ["1.0.0", [], "1.0.0"],
  ])("from %s to one of %j", (current, versions, expected) => {
    expect(newestAllowed(current, versions, { strategy: "minor" })).toBe(expected);
  });

  it("begins with the newest that is no preview", () => {
    expect(newestOf(["1.0.0", "2.0.0-rc.1", "1.9.0"])).toBe("1.9.0");
    expect(newestOf(["1.0.0", "1.9.0"], "~1.0")).toBe("1.0.0");
    expect(newestOf(["nightly"])).toBeUndefined();
    expect(compareVersions("1.22.1-9", "1.24.0-1")).toBeLessThan(0);
  });
});

describe("indexes", () => {
  const packages =
    "Package: nginx-common\nVersion: 9.9\n\nPackage: nginx\nSource: x\nVersion: 1.22.1-9\n\nPackage: nginx\nVersion: 1.22.1-10\n";
  it("of archives tell the versions of a package, and of none whose name only begins so", () => {
    expect(versionsInPackages(packages, "nginx")).toEqual(["1.22.1-9", "1.22.1-10"]);
    expect(versionsInPackages(packages, "nginx-common")).toEqual(["9.9"]);
    expect(versionsInPackages(packages, "ngin")).toEqual([]);
    expect(versionsInPackages("", "nginx")).toEqual([]);
  });

  it("of releases do without drafts", () => {
    expect(versionsInReleases([{ tag_name: "v1.0.0" }, { tag_name: "v2", draft: true }, "3.0.0", { version: "4" }, 5])).toEqual([
      "v1.0.0",
      "3.0.0",
      "4",
    ]);
    expect(versionsInReleases({ versions: ["1"] })).toEqual(["1"]);
    expect(versionsInReleases({ message: "not found" })).toBeUndefined();
    expect(versionsInReleases(null)).toBeUndefined();
  });
});

describe("the cache", () => {
  it("counts for as long as it is told, and not when a clock was set back", async () => {
    const cache = await openVersionCache(join(base, "a/versions.json"));
    cache.put("k", { checkedAt: 1000, versions: ["1"] });
    await cache.save();
    const again = await openVersionCache(join(base, "a/versions.json"));
    expect(again.fresh("k", 1999, 1000)?.versions).toEqual(["1"]);
    expect(again.fresh("k", 2000, 1000)).toBeUndefined();
    expect(again.fresh("k", 500, 1000)).toBeUndefined();
    expect(again.last("k")?.versions).toEqual(["1"]);
  });

  it("that is damaged is an empty one", async () => {
    for (const text of ["{", "[]", '{"k": {"checkedAt": "x"}}', '{"k": null}', "null"]) {
      await writeFile(join(base, "v.json"), text);
      expect((await openVersionCache(join(base, "v.json"))).last("k")).toBeUndefined();
    }
  });
});

describe("rules in the configuration", () => {
  async function settings(text: string) {
    await writeFile(join(base, "provisioning.yaml"), text);
    const config = await loadConfig({
      defaultsFile: join(base, "none.toml"),
      files: [{ name: "workspace", base: join(base, "provisioning"), ending: ".yaml" }],
    });
    return readVersionSettings(config, base);
  }
  const problems = async (text: string) => {
    const error: unknown = await settings(text).catch((caught: unknown) => caught);
    return (error as DiagnosticsError).diagnostics;
  };

  it("are joined by taskserv, with the defaults of the rest", async () => {
    const read = await settings(
      'versions:\n  grace_hours: 1\n  strategies: {redis: patch, nginx: major}\n  constraints: {nginx: "^1.22"}\n  releases_url: "http://127.0.0.1:1"\n',
    );
    expect(read.rules.get("nginx")).toEqual({ strategy: "major", constraint: "^1.22" });
    expect(read.rules.get("redis")).toEqual({ strategy: "patch" });
    expect(read).toMatchObject({
      strategy: "minor",
      graceHours: 1,
      mirrors: { releases: "http://127.0.0.1:1", apt: [expect.stringContaining("debian")], timeoutMs: 30_000 },
    });
  });

  it("that are wrong are all told at once, with their places", async () => {
    const found = await problems(
      "versions:\n  apt_indexes: [file:///etc/passwd]\n  releases_url: nowhere\n  strategies: {nginx: all}\n  constraints: {nginx: newest, No: '1'}\n",
    );
    expect(new Set(found.map(({ code }) => code))).toEqual(new Set(["VERSIONS_INVALID"]));
    expect(found.map(({ position }) => position?.line)).toEqual([4, 5, 5, 2, 3]);
  });

  it("in the old file of their own are refused, for they would be thought to hold", async () => {
    await writeFile(join(base, "versions.toml"), "grace_hours = 1\n");
    expect(await problems("")).toMatchObject([
      { code: "VERSIONS_INVALID", hint: expect.stringContaining("config/provisioning.yaml") },
    ]);
  });
});

describe("the lock", () => {
  const extensions = fileURLToPath(new URL("../../../../extensions/", import.meta.url));

  it("is the same text for the same content, and is read back", async () => {
    const taskservs = new Map([
      ["redis", { version: "1.0.0", digest: "sha256:b", software: "7.0.15" }],
      ["nginx", { version: "1.0.0", digest: "sha256:a" }],
    ]);
    await writeLock(base, { platform: "0.1.0", taskservs });
    const text = await readFile(join(base, "provisioning.lock"), "utf8");
    await writeLock(base, { platform: "0.1.0", taskservs: new Map([...taskservs].reverse()) });
    expect(await readFile(join(base, "provisioning.lock"), "utf8")).toBe(text);
    const read = await readLock(base);
    expect(read?.platform).toBe("0.1.0");
    expect(Object.fromEntries(read?.taskservs ?? [])).toEqual(Object.fromEntries(taskservs));
  });

  it.each(["[", "format = 2\n", 'format = 1\nplatform = "x"\n[taskservs.a]\nversion = 1\n', "platform = 1\n"])(
    "that is damaged is told so: %j",
    async (text) => {
      await writeFile(join(base, "provisioning.lock"), text);
      await expect(readLock(base)).rejects.toMatchObject({ code: "LOCK_INVALID" });
    },
  );

  it("finds an extension with other steps, and one that is gone; not one with another README", async () => {
    await cp(join(extensions, "taskservs/databases/redis"), join(base, "taskservs/databases/redis"), { recursive: true });
    const load = () => loadTaskservCatalog([base]);
    const digest = await digestOfTaskserv([...(await load()).values()][0]!);
    const locked = { version: "1.0.0", digest };
    const lock = {
      platform: "0.1.0",
      taskservs: new Map([
        ["redis", locked],
        ["gone", locked],
      ]),
    };
    expect(await lockDifferences(lock, await load(), ["redis"])).toEqual([]);
    await writeFile(join(base, "taskservs/databases/redis/README.md"), "other");
    expect(await lockDifferences(lock, await load(), ["redis", "never-locked"])).toEqual([]);
    await writeFile(join(base, "taskservs/databases/redis/templates/redis.conf.j2"), "other");
    expect((await lockDifferences(lock, await load())).map(({ taskserv, present }) => [taskserv, present?.version])).toEqual([
      ["redis", "1.0.0"],
      ["gone", undefined],
    ]);
  });
});
