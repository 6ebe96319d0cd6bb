/** Settings of taskservs like keys: got, listed, set and taken away, typed by their schemas. */

import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DiagnosticsError } from "@provisioning/model";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ActionContext } from "../context.js";
import { invoke } from "../invoke.js";
import { testContext } from "../testing/test-context.js";

let folder: string;
const WORKSPACE = "# Ours.\ntaskservs:\n  redis:\n    databases: 4 # few\n    max_memory_mb: 128\n";
const PROD = '[taskservs.redis] # in production\nmax_memory_mb = 512\npassword = "env://REDIS"\n';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "taskserv-change-"));
  await file("config/provisioning.yaml", WORKSPACE);
  await file("config/prod-defaults.toml", PROD);
  await file("infra/shop.k", SHOP);
});
afterEach(() => rm(folder, { recursive: true }));

const SHOP = `import provisioning.settings as cfg

settings: cfg.Settings = {
    infra = {name = "shop", provider = "local"}
    servers = [{name = "web-01"}]
}
`;

async function file(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}
const textOf = (path: string) => readFile(join(folder, path), "utf8");
const here = (changes: Partial<ActionContext> = {}) => testContext(folder, changes);

describe("config.get of a setting", () => {
  it("gives what the highest layer says, else the schema's default, with the place", async () => {
    const get = async (key: string, changes: Partial<ActionContext> = {}) =>
      (await invoke("config.get", here(changes), { key }))[0];
    expect(await get("taskservs.redis.databases")).toEqual({
      key: "taskservs.redis.databases",
      value: 4,
      raw: 4,
      layer: "workspace",
      file: join(folder, "config/provisioning.yaml"),
      line: 4,
      column: 5,
    });
    expect(await get("taskservs.redis.max_memory_mb", { env: "prod" })).toMatchObject({
      value: 512,
      layer: "environment",
      line: 2,
    });
    const port = await get("taskservs.redis.port");
    expect(port).toMatchObject({ value: 6379, layer: "defaults", file: expect.stringContaining("redis/schema.k") });
    expect(await get("taskservs.redis.password")).toMatchObject({ value: null, layer: "defaults" });
  });

  it("gives all of a taskserv, and all of all", async () => {
    const redis = await invoke("config.get", here(), { key: "taskservs.redis" });
    expect(redis.map(({ key }) => key)).toEqual(expect.arrayContaining(["taskservs.redis.port", "taskservs.redis.save"]));
    expect(redis.every(({ key }) => key.startsWith("taskservs.redis."))).toBe(true);
    const all = await invoke("config.get", here(), { key: "taskservs" });
    const accessors = await invoke("config.accessors", here(), {});
    expect(all.map(({ key }) => key)).toEqual(accessors.map(({ key }) => key).filter((key) => key.startsWith("taskservs.")));
  });

  it("puts the layers of a section together", async () => {
    await file("config/provisioning.yaml", "taskservs: {postgresql: {settings: {work_mem: 16MB, fsync: true}}}\n");
    await file("config/prod-defaults.toml", "[taskservs.postgresql.settings]\nwork_mem = '64MB'\n");
    const [settings] = await invoke("config.get", here({ env: "prod" }), { key: "taskservs.postgresql.settings" });
    expect(settings).toMatchObject({ value: { work_mem: "64MB", fsync: true }, layer: "environment", line: 1 });
    const [fsync] = await invoke("config.get", here({ env: "prod" }), { key: "taskservs.postgresql.settings.fsync" });
    expect(fsync).toMatchObject({ value: true, layer: "workspace" });
  });

  it.each([
    ["taskservs.ngnix.port", "Did you mean taskservs.nginx?"],
    ["taskservs.ngnix", "Did you mean taskservs.nginx?"],
    ["taskservs.redis.prt", "Did you mean taskservs.redis.port?"],
    ["taskservs.redis.zzz", "See all settings of taskservs with: provisioning config accessors"],
  ])("suggests what was meant by %s", async (key, hint) => {
    await expect(invoke("config.get", here(), { key })).rejects.toMatchObject({ code: "CONFIG_UNKNOWN_KEY", hint });
  });

  it("is refused where any setting is wrong, as with keys", async () => {
    await file("config/provisioning.yaml", "taskservs: {nginx: {prt: 1}}\n");
    await expect(invoke("config.get", here(), { key: "taskservs.redis.port" })).rejects.toBeInstanceOf(DiagnosticsError);
    await expect(invoke("config.list", here(), {})).rejects.toBeInstanceOf(DiagnosticsError);
  });

  it("shows references to secrets alone", async () => {
    const of = async () => (await invoke("config.get", here({ env: "prod" }), { key: "taskservs.redis.password" }))[0];
    expect(await of()).toMatchObject({ value: "env://REDIS", layer: "environment" });
  });
});

describe("config.list", () => {
  it("has the settings that a layer has, behind the keys", async () => {
    const settings = async (input: { changed?: boolean }, changes: Partial<ActionContext> = {}) =>
      (await invoke("config.list", here(changes), input))
        .filter(({ key }) => key.startsWith("taskservs."))
        .map(({ key, value, layer }) => [key.slice("taskservs.redis.".length), value, layer]);
    const own = [
      ["max_memory_mb", 128, "workspace"],
      ["databases", 4, "workspace"],
    ];
    expect(await settings({})).toEqual(own);
    expect(await settings({ changed: true })).toEqual(own);
    expect(await settings({}, { env: "prod" })).toEqual([
      ["password", "env://REDIS", "environment"],
      ["max_memory_mb", 512, "environment"],
      ["databases", 4, "workspace"],
    ]);
  });
});

describe("config.diff", () => {
  it("has settings that differ, schemas' defaults included", async () => {
    const differences = await invoke("config.diff", here(), { from: "now", to: "env:prod" });
    expect(differences).toEqual([
      { key: "taskservs.redis.password", from: null, fromLayer: "defaults", to: "env://REDIS", toLayer: "environment" },
      { key: "taskservs.redis.max_memory_mb", from: 128, fromLayer: "workspace", to: 512, toLayer: "environment" },
    ]);
  });
});

describe("config.set and config.unset of a setting", () => {
  it("change one line of the file", async () => {
    const done = await invoke("config.set", here(), { key: "taskservs.redis.port", value: "6380" });
    expect(done).toMatchObject({ key: "taskservs.redis.port", layer: "workspace", changed: true, overruled: false });
    expect(done.result).toMatchObject({ value: 6380, layer: "workspace", line: 6 });
    await invoke("config.set", here(), { key: "taskservs.redis.databases", value: "8" });
    const text = WORKSPACE.replace("databases: 4", "databases: 8");
    expect(await textOf("config/provisioning.yaml")).toBe(`${text}    port: 6380\n`);
    expect((await invoke("config.validate", here(), {})).ok).toBe(true);
    const gone = await invoke("config.unset", here(), { key: "taskservs.redis.port" });
    expect(gone.result).toMatchObject({ value: 6379, layer: "defaults" });
    expect(await textOf("config/provisioning.yaml")).toBe(text);
  });

  it("change the layer that is named, in any format, and say who has the last word", async () => {
    const prod = { key: "taskservs.redis.max_memory_mb", layer: "env" as const };
    await invoke("config.set", here({ env: "prod" }), { ...prod, value: "1024" });
    expect(await textOf("config/prod-defaults.toml")).toBe(PROD.replace("512", "1024"));
    const overruled = await invoke("config.set", here({ env: "prod" }), { ...prod, layer: "workspace", value: 256 });
    expect(overruled).toMatchObject({ overruled: true, result: { value: 1024, layer: "environment" } });
    await invoke("config.set", here(), { key: "taskservs.nginx.port", value: "8080", layer: "infra", infra: "shop" });
    expect(await textOf("infra/shop/config.toml")).toBe("[taskservs.nginx]\nport = 8080\n");
    await invoke("config.set", here(), { key: "taskservs.nginx.port", value: "81", layer: "user" });
    expect(await textOf("user/provisioning/user_config.yaml")).toBe("config:\n  taskservs:\n    nginx:\n      port: 81\n");
  });

  it("reach into sections whose names have dots", async () => {
    const key = 'taskservs.containerd.mirrors."docker.io"';
    const done = await invoke("config.set", here(), { key, value: "https://a.internal,https://b.internal" });
    expect(done.result).toMatchObject({ key, value: ["https://a.internal", "https://b.internal"] });
    expect(await textOf("config/provisioning.yaml")).toContain("    mirrors:\n      docker.io:\n        - https://a.internal\n");
    expect((await invoke("config.unset", here(), { key })).result).toMatchObject({ value: null, layer: "defaults" });
    expect(await textOf("config/provisioning.yaml")).toBe(WORKSPACE);
  });

  it.each([
    ["redis.append_only", "yes", true],
    ["redis.bind", "127.0.0.1", ["127.0.0.1"]],
    ["redis.save", "3600 1,60 10", ["3600 1", "60 10"]],
    ["postgresql.version", "15", 15],
    ["containerd.version", "1.6", "1.6"],
    ["postgresql.settings", "work_mem=16MB,max_wal_senders=4", { work_mem: "16MB", max_wal_senders: 4 }],
    ["postgresql.settings.random_page_cost", "1.1", 1.1],
    ["os.limits", '[{"domain":"*","item":"nofile","value":"1024"}]', [{ domain: "*", item: "nofile", value: "1024" }]],
  ])("read %s %s as the schema's type", async (setting, value, expected) => {
    const done = await invoke("config.set", here(), { key: `taskservs.${setting}`, value });
    expect(done.result.value).toEqual(expected);
  });

  it.each([
    [{ key: "taskservs.redis.port", value: "many" }, "TASKSERV_CONFIG", /config\.port.*expected int, got str/],
    [{ key: "taskservs.redis.port", value: "99999" }, "TASKSERV_CONFIG", /config\.port/],
    [{ key: "taskservs.redis.eviction", value: "none" }, "TASKSERV_CONFIG", /config\.eviction/],
    [{ key: "taskservs.redis.password", value: "hunter2" }, "TASKSERV_CONFIG", /it is a secret/],
    [{ key: "taskservs.redis.bind", value: "10.0.0.1" }, "TASKSERV_CONFIG", /password/],
    [{ key: "taskservs.redis.prt", value: "1" }, "CONFIG_UNKNOWN_KEY", /taskservs\.redis\.prt/],
    [{ key: "taskservs.ngnix.port", value: "1" }, "CONFIG_UNKNOWN_KEY", /taskservs\.ngnix/],
    [{ key: "taskservs.redis", value: "1" }, "CONFIG_UNKNOWN_KEY", /taskservs\.redis/],
    [{ key: "taskservs.redis.port", value: 1, layer: "env" }, "CONFIG_LAYER_NONE", /environment is chosen/],
  ] as const)("write nothing for %j", async (input, code, message) => {
    const error: unknown = await invoke("config.set", here(), input).catch((reason: unknown) => reason);
    const found = error instanceof DiagnosticsError ? error.diagnostics[0] : error;
    expect(found).toMatchObject({ code });
    expect(JSON.stringify([found, (error as Error).message])).toMatch(message);
    expect(JSON.stringify(found)).not.toContain("hunter2");
    expect(await textOf("config/provisioning.yaml")).toBe(WORKSPACE);
  });

  it("replace a wrong value by a right one alone, also beside other mistakes", async () => {
    await file("config/provisioning.yaml", "taskservs: {redis: {port: x, databases: y}}\n");
    await expect(invoke("config.set", here(), { key: "taskservs.redis.port", value: "z" })).rejects.toBeInstanceOf(
      DiagnosticsError,
    );
    await invoke("config.set", here(), { key: "taskservs.redis.port", value: "6380" });
    expect(await textOf("config/provisioning.yaml")).toBe("taskservs: { redis: { port: 6380, databases: y } }\n");
  });

  it("only tell with check", async () => {
    const done = await invoke("config.set", here(), { key: "taskservs.redis.port", value: "6380", check: true });
    expect(done).toMatchObject({ changed: true, result: { value: 6380 } });
    expect(await textOf("config/provisioning.yaml")).toBe(WORKSPACE);
  });
});

describe("config.replace", () => {
  it("refuses a text with a setting that does not fit", async () => {
    const text = "taskservs: {redis: {prt: 1}}\n";
    const error: unknown = await invoke("config.replace", here(), { text }).catch((reason: unknown) => reason);
    expect((error as DiagnosticsError).diagnostics).toMatchObject([{ code: "TASKSERV_CONFIG", position: { line: 1 } }]);
    expect(await textOf("config/provisioning.yaml")).toBe(WORKSPACE);
  });
});
