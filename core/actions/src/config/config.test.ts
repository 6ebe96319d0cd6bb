/** The actions on the configuration, in a workspace with two infras and two environments. */

import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DiagnosticsError } from "@provisioning/model";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ActionContext } from "../context.js";
import { invoke } from "../invoke.js";
import { openInfraSession } from "../session.js";
import { testContext } from "../testing/test-context.js";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "config-actions-"));
  await file("config/provisioning.yaml", "# Ours.\nservers:\n  default_plan: medium # for now\n");
  await file("infra/shop/config.toml", "[run]\nparallel_limit = 4\n");
  await file("infra/shop.k", SHOP);
  await file("infra/blog/config.k", 'run = {parallel_limit = 2 + 1, keep_days = 7}\nservers = {default_plan = "large"}\n');
  await file("config/prod-defaults.toml", '[servers]\ndefault_plan = "large"\n');
  await file("config/dev-defaults.yaml", "run: {keep: 5}\n");
});
afterEach(() => rm(folder, { recursive: true }));

const SHOP = `import provisioning.settings as cfg

settings: cfg.Settings = {
    infra = {name = "shop", provider = "local"}
    servers = [{name = "web-01"}]
}
`;

async function file(path: string, text: string): Promise<string> {
  const full = join(folder, path);
  await mkdir(dirname(full), { recursive: true });
  await writeFile(full, text);
  return full;
}
const textOf = (path: string) => readFile(join(folder, path), "utf8");
const here = (changes: Partial<ActionContext> = {}) => testContext(folder, changes);

describe("config.get and config.list", () => {
  it("give values with their places", async () => {
    expect(await invoke("config.get", here(), { key: "servers.default_plan" })).toEqual([
      {
        key: "servers.default_plan",
        value: "medium",
        raw: "medium",
        layer: "workspace",
        file: join(folder, "config/provisioning.yaml"),
        line: 3,
        column: 3,
      },
    ]);
    const blog = await invoke("config.get", here(), { key: "run", infra: "blog" });
    expect(blog).toContainEqual(
      expect.objectContaining({
        key: "run.parallel_limit",
        value: 3,
        layer: "infra",
        file: join(folder, "infra/blog/config.k"),
        line: 1,
      }),
    );
    const changed = await invoke("config.list", here({ env: "dev" }), { changed: true, infra: "shop" });
    expect(changed.map(({ key, layer }) => [key, layer])).toEqual([
      ["servers.default_plan", "workspace"],
      ["run.parallel_limit", "infra"],
      ["run.keep", "environment"],
    ]);
  });

  it("refuse a key that there is not, and a configuration that is wrong", async () => {
    await expect(invoke("config.get", here(), { key: "default_plan" })).rejects.toMatchObject({
      code: "CONFIG_UNKNOWN_KEY",
      hint: "Did you mean servers.default_plan?",
    });
    await file("config/provisioning.yaml", "run: {keep: x}\n");
    await expect(invoke("config.list", here(), {})).rejects.toBeInstanceOf(DiagnosticsError);
  });

  it("show references to secrets, never secrets", async () => {
    const environment = { XDG_CONFIG_HOME: join(folder, "user"), PROVISIONING_POSTGRES_PASSWORD: "hunter2" };
    const of = async () => (await invoke("config.get", here({ environment }), { key: "storage.postgres.password" }))[0];
    expect(await of()).toMatchObject({ value: "(secret)", raw: "(secret)", layer: "variables" });
    environment.PROVISIONING_POSTGRES_PASSWORD = "env://DB";
    expect(await of()).toMatchObject({ value: "env://DB" });
  });
});

describe("config.explain", () => {
  it("tells what each layer says and who won, also when something else is wrong", async () => {
    await file("user/provisioning/user_config.yaml", "config:\n  servers: {default_plan: small}\n  run: {keep: x}\n");
    const explained = await invoke("config.explain", here({ env: "prod", flags: {} }), { key: "servers.default_plan" });
    expect(explained).toMatchObject({
      type: "small, medium, large, xlarge",
      variable: "PROVISIONING_SERVERS_DEFAULT_PLAN",
      environment: "prod",
    });
    expect(explained.layers.map(({ layer, value, line, wins }) => [layer, value, line, wins])).toEqual([
      ["defaults", "small", expect.any(Number), false],
      ["user", "small", 2, false],
      ["workspace", "medium", 3, false],
      ["infra", undefined, undefined, false],
      ["environment", "large", 2, true],
      ["variables", undefined, undefined, false],
      ["flags", undefined, undefined, false],
    ]);
    expect(explained.findings).toMatchObject([{ code: "CONFIG_TYPE", line: 3 }]);
    const defaults = explained.layers[0];
    const line = (await readFile(defaults?.file as string, "utf8")).split("\n")[(defaults?.line ?? 0) - 1];
    expect(line).toBe('default_plan = "small"');
  });
});

describe("config.validate and config.where", () => {
  it("look at every infra and every environment", async () => {
    expect(await invoke("config.validate", here(), {})).toMatchObject({ ok: true, findings: [] });
    const infra = await file("infra/blog/config.k", "run = {keep = 'x'}\n");
    const environment = await file("config/dev-defaults.yaml", "serverz: {}\n");
    const { ok, findings } = await invoke("config.validate", here(), {});
    expect(ok).toBe(false);
    expect(findings).toMatchObject([
      { code: "CONFIG_TYPE", file: infra, line: 1 },
      { code: "CONFIG_UNKNOWN_KEY", file: environment, line: 1, column: 1 },
    ]);
  });

  it("tell the files that are there and those that could be", async () => {
    const { layers, environments, environment } = await invoke("config.where", here({ env: "dev" }), { infra: "shop" });
    expect(environments).toEqual(["dev", "prod"]);
    expect(environment).toBe("dev");
    expect(layers.map(({ layer, exists }) => [layer, exists])).toEqual([
      ["defaults", true],
      ["user", false],
      ["workspace", true],
      ["infra", true],
      ["environment", true],
    ]);
    expect(layers[4]?.file).toBe(join(folder, "config/dev-defaults.yaml"));
  });
});

describe("config.diff", () => {
  it.each([
    [{}, [["servers.default_plan", "small", "medium"]]],
    [
      { from: "env:prod", to: "env:dev" },
      [
        ["servers.default_plan", "large", "medium"],
        ["run.keep", 10_000, 5],
      ],
    ],
    [{ from: "workspace", to: "infra:shop" }, [["run.parallel_limit", 16, 4]]],
  ])("compares %j", async (input, expected) => {
    const differences = await invoke("config.diff", here(), input);
    const found = differences.map(({ key, from, to }) => [key, from, to]);
    expect(found).toEqual(expected);
  });

  it("refuses what is nothing", async () => {
    await expect(invoke("config.diff", here(), { from: "yesterday" })).rejects.toMatchObject({ code: "INPUT_INVALID" });
  });
});

describe("config.set and config.unset", () => {
  it("change the file of the workspace and keep its comments", async () => {
    const done = await invoke("config.set", here(), { key: "servers.default_plan", value: "large" });
    expect(done).toMatchObject({ layer: "workspace", changed: true, overruled: false, result: { value: "large" } });
    await invoke("config.set", here(), { key: "run.keep", value: "7" });
    expect(await textOf("config/provisioning.yaml")).toBe(
      "# Ours.\nservers:\n  default_plan: large # for now\nrun:\n  keep: 7\n",
    );
    expect(await invoke("config.unset", here(), { key: "run.keep" })).toMatchObject({ result: { layer: "defaults" } });
    expect(await textOf("config/provisioning.yaml")).not.toContain("run");
  });

  it("change the layer that is named, and make its file", async () => {
    await invoke("config.set", here(), { key: "run.priority", value: -5, layer: "infra", infra: "shop" });
    expect(await textOf("infra/shop/config.toml")).toBe("[run]\nparallel_limit = 4\npriority = -5\n");
    const user = await invoke("config.set", here(), { key: "servers.default_plan", value: "xlarge", layer: "user" });
    expect(user).toMatchObject({ overruled: true, result: { value: "medium", layer: "workspace" } });
    expect(await textOf("user/provisioning/user_config.yaml")).toBe("config:\n  servers:\n    default_plan: xlarge\n");
  });

  it("make the file of an environment that is new", async () => {
    await invoke("config.set", here({ env: "staging" }), { key: "run.keep", value: 3, layer: "env" });
    expect(await textOf("config/staging-defaults.toml")).toBe("[run]\nkeep = 3\n");
  });

  it("outside of any workspace change the user's file", async () => {
    const place = { currentDir: tmpdir() };
    expect(await invoke("config.set", here(place), { key: "run.keep", value: 3 })).toMatchObject({ layer: "user" });
    await expect(invoke("config.set", here(place), { key: "run.keep", value: 3, layer: "infra" })).rejects.toMatchObject({
      code: "CONFIG_LAYER_NONE",
    });
  });

  it.each([
    [{ key: "run.keep", value: "many" }, "CONFIG_TYPE"],
    [{ key: "run.kep", value: 1 }, "CONFIG_UNKNOWN_KEY"],
    [{ key: "storage.type", value: "memory", layer: "infra", infra: "shop" }, "CONFIG_SCOPE"],
    [{ key: "storage.postgres.password", value: "hunter2" }, "CONFIG_SECRET"],
    [{ key: "local.image", value: "{{nothing.here}}" }, "CONFIG_REFERENCE"],
    [{ key: "run.keep", value: 3, layer: "infra", infra: "blog" }, "CONFIG_EDIT_KCL"],
    [{ key: "run.keep", value: 3, layer: "env" }, "CONFIG_LAYER_NONE"],
  ] as const)("write nothing for %j", async (input, code) => {
    const before = await textOf("config/provisioning.yaml");
    await expect(invoke("config.set", here(), input)).rejects.toMatchObject({ code });
    expect(await textOf("config/provisioning.yaml")).toBe(before);
    expect(await textOf("infra/shop/config.toml")).toBe("[run]\nparallel_limit = 4\n");
  });

  it("repair a file with other mistakes in it", async () => {
    await file("config/provisioning.yaml", "run: {keep: x, priority: y}\n");
    await invoke("config.set", here(), { key: "run.keep", value: 4 });
    expect(await textOf("config/provisioning.yaml")).toBe("run: { keep: 4, priority: y }\n");
  });
});

describe("config.text and config.replace", () => {
  it("edit a whole file, unless it is wrong or changed meanwhile", async () => {
    const { text } = await invoke("config.text", here(), {});
    const wrong = invoke("config.replace", here(), { text: "run: {keep: x}\n", before: text });
    await expect(wrong).rejects.toBeInstanceOf(DiagnosticsError);
    await invoke("config.replace", here(), { text: "run: {keep: 9}\n", before: text });
    expect(await textOf("config/provisioning.yaml")).toBe("run: {keep: 9}\n");
    const late = invoke("config.replace", here(), { text: "run: {keep: 8}\n", before: text });
    await expect(late).rejects.toMatchObject({ code: "CONFIG_CHANGED" });
  });
});

describe("a command on an infra", () => {
  it("uses its layer and that of the environment", async () => {
    const look = async (changes: Partial<ActionContext>) => {
      const session = await openInfraSession(here(changes), { infra: "shop", mode: "read", definition: "use" });
      try {
        const { config, desired } = session;
        return [config.get("run.parallel_limit"), config.get("servers.default_plan"), desired.servers[0]?.plan];
      } finally {
        await session.close();
      }
    };
    expect(await look({})).toEqual([4, "medium", "medium"]);
    expect(await look({ env: "prod" })).toEqual([4, "large", "large"]);
    // As a service is told by a command that asks it.
    expect(await look({ flags: { "environment.default": "prod" } })).toEqual([4, "large", "large"]);
    expect(await look({ environment: { XDG_CONFIG_HOME: `${folder}/user`, PROVISIONING_ENV: "prod" } })).toEqual([
      4,
      "large",
      "large",
    ]);
    expect(await look({ env: "prod", flags: { "servers.default_plan": "xlarge" } })).toEqual([4, "xlarge", "xlarge"]);
    await file("config/prod-defaults.toml", "[servers.labels]\nteam = 'shop'\nstage = 'prod'\n");
    const session = await openInfraSession(here({ env: "prod" }), { infra: "shop", mode: "read", definition: "use" });
    await session.close();
    const server = session.desired.resources.find(({ kind }) => kind === "server");
    expect(server?.spec.labels).toEqual({ team: "shop", stage: "prod" });
    await expect(look({ env: "prud" })).rejects.toMatchObject({ code: "ENVIRONMENT_UNKNOWN" });
  });
});
