/** Why a field is as it is: everybody who says something, from the schema's default to the flag, in a workspace with a base that an infra overrides. */

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ActionContext } from "../context.js";
import { invoke } from "../invoke.js";
import { testContext } from "../testing/test-context.js";

const BASE = `import provisioning.server as srv

schema Machine(srv.Server):
    plan = "small"
    labels = {team = "core"}

web: Machine {
    name = "web-01"
    plan: "medium"
    role = "web"
}
`;
const MAIN = `import provisioning.settings as cfg
import base

settings: cfg.Settings = {
    infra = {name = "shop", provider = "local"}
    servers = [
        base.web | {plan = "large"}
        {name = "db-01", taskservs = [{name = "nginx", config = {port = 8081}}]}
    ]
    taskservs = [{name = "nginx", config = {port = 8080, server_name = "a.example"}}]
}
`;
const OVER = `import provisioning.settings as cfg

settings: cfg.Settings {
    infra: {name: "shop", provider: "local"}
    servers += []
}
`;

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "why-"));
  await file("kcl.mod", '[package]\nname = "shop"\n');
  await file("config/provisioning.yaml", "servers:\n  default_plan: medium\n  labels: {team: all, cost: low}\n");
  await file("config/prod-defaults.toml", '[servers]\ndefault_plan = "xlarge"\n');
  await file("base/base.k", BASE);
  await file("infra/shop/main.k", MAIN);
});
afterEach(() => rm(folder, { recursive: true }));

async function file(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}

async function why(subject: string, changes: Partial<ActionContext> = {}) {
  const { value, origins } = await invoke("infra.why", testContext(folder, changes), { subject });
  const lines = origins.map(({ source, place, value: said, text, wins, because }) =>
    [
      wins ? "→" : "·",
      source,
      said === undefined ? `'${text}'` : JSON.stringify(said),
      place === undefined ? "-" : placeText(place),
      `(${because})`,
    ].join(" "),
  );
  return { value, lines };
}

/** Lines of the platform's own files change. */
function placeText({ file, line }: { readonly file: string; readonly line: number }): string {
  return file.startsWith("/") ? file.replace(/^.*\/(extensions|kcl|config)\//, "$1/") : `${file}:${line}`;
}

describe("why a field of a server", () => {
  it("tells the schema below, the base and the override, in front of the configuration's layers", async () => {
    const { value, lines } = await why("server.web-01.plan");
    expect(value).toBe("large");
    expect(lines).toEqual([
      '→ the definition "large" infra/shop/main.k:7 (a definition is over configuration and defaults)',
      '· what the definition imports "medium" base/base.k:9 (replaced by infra/shop/main.k:7)',
      '· default of the schema Machine "small" base/base.k:4 (replaced by base/base.k:9)',
      '· workspace "medium" config/provisioning.yaml:2 (the definition is over it)',
      '· defaults "small" config/config.defaults.toml (the definition is over it)',
    ]);
  });

  it("tells the layers alone where no definition says anything, with the environment and the flag", async () => {
    expect((await why("server.db-01.plan")).lines[0]).toBe(
      '→ workspace "medium" config/provisioning.yaml:2 (the highest layer that says something)',
    );
    const prod = await why("server.db-01.plan", { env: "prod" });
    expect(prod.lines.slice(0, 2)).toEqual([
      '→ environment "xlarge" config/prod-defaults.toml:2 (the highest layer that says something)',
      '· workspace "medium" config/provisioning.yaml:2 (the layer environment is over it)',
    ]);
    const flagged = await why("server.web-01.plan", { flags: { "servers.default_plan": "xlarge" } });
    expect(flagged.value).toBe("xlarge");
    expect(flagged.lines.slice(0, 2)).toEqual([
      '→ flags "xlarge" - (a flag is over everything)',
      '· the definition "large" infra/shop/main.k:7 (a flag is over it)',
    ]);
  });

  it("tells all parts of labels, and who said one of them", async () => {
    const whole = await why("server.web-01.labels");
    expect(whole.value).toEqual({ team: "core", cost: "low" });
    expect(whole.lines).toEqual([
      '→ default of the schema Machine {"team":"core"} base/base.k:5 (a definition is over configuration and defaults)',
      "· default of the schema Server {} kcl/server.k (replaced by base/base.k:5)",
      '→ workspace {"team":"all","cost":"low"} config/provisioning.yaml:3 (the value is put together from several)',
    ]);
    expect((await why("server.web-01.labels.team")).lines).toEqual([
      '→ default of the schema Machine "core" base/base.k:5 (a definition is over configuration and defaults)',
      '· workspace "all" config/provisioning.yaml:3 (the default of the schema Machine is over it)',
    ]);
  });

  it("tells a second declaration in another file", async () => {
    await file("infra/shop/over.k", OVER);
    expect((await why("server.web-01.provider")).lines.slice(0, 2)).toEqual([
      '→ the definition "local" infra/shop/over.k:4 (a definition is over configuration and defaults)',
      '· the definition "local" infra/shop/main.k:5 (replaced by infra/shop/over.k:4)',
    ]);
  });
});

describe("why a field of a taskserv", () => {
  it("tells the default of its schema, what the infra asks for on all servers, and the server's own", async () => {
    const { value, lines } = await why("taskserv.db-01.nginx.config.port");
    expect(value).toBe(8081);
    expect(lines).toEqual([
      "→ the definition 8081 infra/shop/main.k:8 (a definition is over configuration and defaults)",
      "· the definition 8080 infra/shop/main.k:10 (the definition is over it)",
      "· default of the taskserv's schema Config 80 extensions/taskservs/networking/nginx/schema.k (the definition is over it)",
    ]);
  });

  it("has the default of its schema as the value where nobody else says anything", async () => {
    const { value, lines } = await why("taskserv.web-01.nginx.config.max_body_mb");
    expect(value).toBe(16);
    expect(lines).toEqual([
      "→ default of the taskserv's schema Config 16 extensions/taskservs/networking/nginx/schema.k (nobody else says anything)",
    ]);
  });

  it("tells what layers of the configuration say, between the two", async () => {
    await file("infra/shop/config.toml", "[taskservs.nginx]\nport = 8082\nmax_body_mb = 32\n");
    await file("config/prod-defaults.toml", "[taskservs.nginx]\nmax_body_mb = 64\n");
    expect((await why("taskserv.db-01.nginx.config.port", { env: "prod" })).lines.slice(1, 3)).toEqual([
      "· the definition 8080 infra/shop/main.k:10 (the definition is over it)",
      "· infra 8082 infra/shop/config.toml:2 (the definition is over it)",
    ]);
    const { value, lines } = await why("taskserv.db-01.nginx.config.max_body_mb", { env: "prod" });
    expect(value).toBe(64);
    expect(lines).toEqual([
      "→ environment 64 config/prod-defaults.toml:2 (the highest layer that says something)",
      "· infra 32 infra/shop/config.toml:3 (the layer environment is over it)",
      "· default of the taskserv's schema Config 16 extensions/taskservs/networking/nginx/schema.k (the layer environment is over it)",
    ]);
  });

  it("does not show a secret that somebody wrote out, also where it lost", async () => {
    await file(
      "infra/shop/main.k",
      MAIN.replace('{name = "db-01"', '{name = "db-01", role = "db"').replace(
        "{port = 8081}}",
        '{port = 8081}}, {name = "redis", config = {password = "hunter2"} | {password = "env://P"}}',
      ),
    );
    const { lines } = await why("taskserv.db-01.redis.config.password");
    expect(lines.slice(0, 2)).toEqual([
      '→ the definition "env://P" infra/shop/main.k:8 (a definition is over configuration and defaults)',
      '· the definition "(secret)" infra/shop/main.k:8 (replaced by infra/shop/main.k:8)',
    ]);
    expect(
      JSON.stringify(await invoke("infra.why", testContext(folder), { subject: "taskserv.db-01.redis.config" })),
    ).not.toContain("hunter2");
  });
});
