/** Settings of taskservs in layers of the configuration: typed by their schemas, told where they are wrong, and in the desired state. */

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type DesiredResource, DiagnosticsError } from "@provisioning/model";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ActionContext } from "../context.js";
import { invoke } from "../invoke.js";
import { openInfraSession } from "../session.js";
import { testContext } from "../testing/test-context.js";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "taskserv-settings-"));
  await file("config/provisioning.yaml", "taskservs:\n  nginx:\n    port: 8081\n    max_body_mb: 32\n");
  await file("config/prod-defaults.toml", '[taskservs.nginx]\nmax_body_mb = 64\n\n[taskservs.redis]\npassword = "env://REDIS"\n');
  await file("infra/shop.k", SHOP);
});
afterEach(() => rm(folder, { recursive: true }));

const SHOP = `import provisioning.settings as cfg

settings: cfg.Settings = {
    infra = {name = "shop", provider = "local"}
    servers = [{name = "web-01"}]
    taskservs = [{name = "nginx", config = {port = 8080}}]
}
`;

async function file(path: string, text: string): Promise<string> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
  return join(folder, path);
}
const here = (changes: Partial<ActionContext> = {}) => testContext(folder, changes);

async function nginx(changes: Partial<ActionContext> = {}): Promise<DesiredResource | undefined> {
  const session = await openInfraSession(here(changes), { mode: "read", definition: "use" });
  try {
    return session.desired.resources.find(({ address }) => address === "taskserv.web-01.nginx");
  } finally {
    await session.close();
  }
}

async function refusals() {
  const error: unknown = await nginx().catch((reason: unknown) => reason);
  if (!(error instanceof DiagnosticsError)) throw new Error("it was not refused");
  return error.diagnostics;
}

describe("what an infra has of them", () => {
  it("is over the schema's default and below the definition, with the place", async () => {
    const desired = await nginx();
    expect(desired?.spec.config).toEqual({ port: 8080, max_body_mb: 32 });
    expect(desired?.fieldPositions?.["config.max_body_mb"]).toEqual({ file: "config/provisioning.yaml", line: 4, column: 5 });
    expect(desired?.fieldPositions?.["config.port"]).toMatchObject({ file: "infra/shop.k", line: 6 });
  });

  it("differs with the environment", async () => {
    expect((await nginx({ env: "prod" }))?.spec.config).toEqual({ port: 8080, max_body_mb: 64 });
  });

  it("is what the infra's own layer says", async () => {
    await file("infra/shop/config.k", "taskservs = {nginx = {max_body_mb = 2 * 24}}\n");
    expect((await nginx())?.spec.config).toEqual({ port: 8080, max_body_mb: 48 });
  });

  it.each([
    ["another type", "nginx: {max_body_mb: many}", "TASKSERV_CONFIG", /expected int, got str/, undefined],
    ["an unknown field", "nginx: {max_body: 3}", "TASKSERV_CONFIG", /max_body/, "Did you mean max_body_mb?"],
    ["a check of the schema", "nginx: {max_body_mb: 0}", "TASKSERV_CONFIG", /must be between 1 and 10240/, undefined],
    ["an unknown taskserv", "ngnix: {port: 1}", "TASKSERV_UNKNOWN", /no taskserv ngnix/, "Did you mean taskservs.nginx?"],
  ])("is refused at its line for %s", async (_, line, code, message, hint) => {
    await file("config/provisioning.yaml", `taskservs:\n  ${line}\n`);
    const [found, ...others] = await refusals();
    expect(others).toEqual([]);
    expect(found).toMatchObject({ code, position: { file: "config/provisioning.yaml", line: 2 }, sourceLine: `  ${line}` });
    expect(found?.summary).toMatch(message);
    expect(found?.hint).toBe(hint);
  });

  it("is never a secret that is written out", async () => {
    await file("infra/shop.k", SHOP.replace("taskservs = [", 'taskservs = ["redis", '));
    await file("config/provisioning.yaml", "taskservs: {redis: {password: hunter2}}\n");
    const found = await refusals();
    expect(found.map(({ summary }) => summary)).toEqual([expect.stringContaining("(config.password): it is a secret")]);
    expect(found[0]?.position).toMatchObject({ file: "config/provisioning.yaml", line: 1 });
    expect(JSON.stringify(found)).not.toContain("hunter2");
  });
});

describe("config.validate", () => {
  it("finds what is wrong in any layer, also where another decides and no server has the taskserv", async () => {
    await file("config/prod-defaults.toml", "[taskservs.etcd]\nclient_prt = 1\n");
    await file("config/dev-defaults.toml", '[taskservs.nginx]\nmax_body_mb = "x"\n[taskservs.redis]\npassword = "hunter2"\n');
    await file("infra/shop/config.toml", "[taskservs.nginx]\nport = 99999\n");
    const { ok, findings } = await invoke("config.validate", here(), {});
    expect(ok).toBe(false);
    const told = findings.map(({ summary, file: at, line }) => `${at?.slice(folder.length + 1)}:${line} ${summary.slice(0, 30)}`);
    expect(told.sort()).toEqual([
      "config/dev-defaults.toml:2 nginx (config.max_body_mb): ex",
      "config/dev-defaults.toml:4 redis (config.password): it is",
      "config/prod-defaults.toml:2 etcd (config.client_prt): Cann",
      "infra/shop/config.toml:2 nginx (config.port): port must",
    ]);
    expect(findings.filter(({ sourceLine }) => sourceLine === undefined).length).toBe(1);
    expect(JSON.stringify(findings)).not.toContain("hunter2");
  });

  it("has nothing against a part of what is required", async () => {
    expect(await invoke("config.validate", here(), {})).toMatchObject({ ok: true, findings: [] });
  });
});

describe("config.explain of a setting", () => {
  it("tells the schema's default and every layer", async () => {
    const explained = await invoke("config.explain", here({ env: "prod" }), { key: "taskservs.nginx.max_body_mb" });
    expect(explained).toMatchObject({
      type: "int",
      default: 16,
      description: "Largest request that is accepted.",
      result: { value: 64, layer: "environment", file: join(folder, "config/prod-defaults.toml"), line: 2 },
    });
    expect(explained.layers.filter(({ value }) => value !== undefined)).toMatchObject([
      { layer: "defaults", value: 16, wins: false },
      { layer: "workspace", value: 32, line: 4, wins: false },
      { layer: "environment", value: 64, line: 2, wins: true },
    ]);
  });

  it("shows a reference to a secret and no secret", async () => {
    const asked = { key: "taskservs.redis.password" };
    expect((await invoke("config.explain", here({ env: "prod" }), asked)).result.value).toBe("env://REDIS");
    await file("config/prod-defaults.toml", '[taskservs.redis]\npassword = "hunter2"\n');
    const explained = await invoke("config.explain", here({ env: "prod" }), asked);
    expect(explained.result.value).toBe("(secret)");
    expect(JSON.stringify(explained)).not.toContain("hunter2");
  });

  it.each([
    ["taskservs.ngnix.port", "Did you mean taskservs.nginx?"],
    ["taskservs.nginx.prt", "Did you mean taskservs.nginx.port?"],
  ])("suggests what was meant by %s", async (key, hint) => {
    await expect(invoke("config.explain", here(), { key })).rejects.toMatchObject({ code: "CONFIG_UNKNOWN_KEY", hint });
  });
});

describe("config.accessors", () => {
  it("lists what can be said, each with a type, a meaning and its layers, and each can be asked for", async () => {
    const accessors = await invoke("config.accessors", here(), {});
    const keys = accessors.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys).toEqual(expect.arrayContaining(["servers.default_plan", "taskservs.nginx.port", "taskservs.etcd.client_port"]));
    for (const { key, type, default: fallback, description, layers } of accessors) {
      expect(type, key).not.toBe("");
      expect(layers.length, key).toBeGreaterThan(1);
      const explained = await invoke("config.explain", here(), { key });
      expect(explained.type, key).toBe(type);
      expect(explained.default, key).toEqual(fallback);
      if (!key.startsWith("taskservs.")) expect(description, key).toBe(explained.description);
    }
    const byKey = new Map(accessors.map((one) => [one.key, one]));
    expect(byKey.get("storage.type")?.layers).not.toContain("infra");
    expect(byKey.get("taskservs.nginx.port")).toMatchObject({ type: "int", default: 80, required: false });
  });
});
