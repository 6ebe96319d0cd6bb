/** What extensions declare in `kcl/dependencies.k`, field by field: what each of them changes, and what is wrong with a file. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { NetworkSpec } from "@provisioning/extension-sdk";
import { type Diagnostic, DiagnosticsError, type Plan, taskservName } from "@provisioning/model";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { TestContext } from "../testing/test-context.js";
import { invoke } from "../invoke.js";
import { openInfraSession } from "../session.js";
import { addInfraWithoutServers } from "../testing/infra-without-servers.js";
import { testContext } from "../testing/test-context.js";

const folder = mkdtempSync(join(tmpdir(), "provisioning-dependencies-"));
const workspace = join(folder, "shop");
const context: TestContext = testContext(folder, { workspace });
const PROVIDER = join(workspace, "extensions/providers/none/kcl/dependencies.k");
const fileOf = (taskserv: string) => join(workspace, "extensions/taskservs/system", taskserv, "kcl/dependencies.k");

const DEFINITION = `import provisioning.settings as cfg

settings: cfg.Settings = {
    infra = {name = "empty", provider = "none"}
    servers = [
        {name = "one", plan = "small", taskservs = ["needy"]}
        {name = "two", plan = "small"}
    ]
}
`;

beforeAll(async () => {
  await invoke("workspace.create", testContext(folder), { name: "shop", dir: workspace });
  rmSync(join(workspace, "infra/demo"), { recursive: true });
  await addInfraWithoutServers(workspace, "empty", DEFINITION);
  for (const name of ["needy", "base", "deeper", "rival"]) {
    const dir = join(workspace, "extensions/taskservs/system", name);
    put(join(dir, "manifest.toml"), `name = "${name}"\nversion = "1.0.0"\ncategory = "system"\ndescription = "A test."\n`);
    put(join(dir, "schema.k"), "schema Config:\n    size: int = 1\n");
    const health = 'health = [{id = "own", command = ["true"]}]';
    put(join(dir, "taskserv.k"), `install = [{kind = "directory", id = "home", path = "/srv/${name}"}]\n${health}\n`);
  }
  put(join(workspace, "workflows/all.k"), WORKFLOW);
});
beforeEach(() => {
  for (const file of [PROVIDER, ...["needy", "base", "rival"].map(fileOf)]) rmSync(file, { force: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const WORKFLOW = `import workflows

make = workflows.WorkflowDef {
    name = "all"
    operations = [{id = "servers", type = "create", target = "server", items = ["one", "two"]}]
}
`;

function put(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

const declare = (schema: string, fields: string) =>
  `import provisioning.workflows\n\ndependencies = workflows.${schema} {\n    ${fields}\n}\n`;

async function plan(): Promise<Plan> {
  return invoke("infra.plan", context, {});
}

/** What comes before each thing. */
async function needs(): Promise<Record<string, readonly string[]>> {
  return Object.fromEntries((await plan()).changes.map(({ address, dependsOn }) => [address, dependsOn]));
}

async function problems(): Promise<readonly Diagnostic[]> {
  const error: unknown = await plan().then(
    () => undefined,
    (found: unknown) => found,
  );
  if (!(error instanceof DiagnosticsError)) throw error ?? new Error("nothing is wrong");
  return error.diagnostics;
}

async function limits() {
  return (await invoke("batch.plan", context, { file: "workflows/all.k" })).limits.providers;
}

async function healthChecks() {
  const session = await openInfraSession(context, { mode: "read", definition: "use" });
  try {
    const extension = session.catalog.get(taskservName("needy"));
    if (extension === undefined) throw new Error("needy is gone");
    return (await session.compiler.compile(extension, { config: {}, facts: {}, server: {}, infra: {}, peers: [] })).health;
  } finally {
    await session.close();
  }
}

describe("a provider", () => {
  const shared = { "network.none": [], "server.one": ["network.none"], "server.two": ["network.none"] };
  const own = {
    "network.none-one": [],
    "network.none-two": [],
    "server.one": ["network.none-one"],
    "server.two": ["network.none-two"],
  };

  it.each([
    ["", shared],
    ["requires_network = False", { "server.one": [], "server.two": [] }],
    ["network_before_servers = False", { "network.none": [], "server.one": [], "server.two": [] }],
    ['shared_resources = ["security_group"]', own],
  ])("with %j orders networks and servers", async (fields, expected) => {
    put(PROVIDER, declare("ProviderDependencies", fields));
    const { "taskserv.one.needy": _, ...others } = await needs();
    expect(others).toEqual(expected);
  });

  it.each([
    ["", undefined],
    ['shared_resources = ["private_network"]', true],
    ['shared_resources = ["security_group"]', undefined],
    ["shared_resources = []", undefined],
  ])("with %j says whether servers in one network reach each other", async (fields, isolated) => {
    put(PROVIDER, declare("ProviderDependencies", fields));
    const session = await openInfraSession(context, { mode: "read", definition: "use" });
    const networks = session.desired.resources.filter(({ kind }) => kind === "network");
    await session.close();
    expect(new Set(networks.map(({ spec }) => (spec as unknown as NetworkSpec).isolated))).toEqual(new Set([isolated]));
  });

  it("without the file is as its code says", async () => {
    expect(await needs()).toMatchObject(shared);
    expect(await limits()).toEqual([{ name: "none", callsPerSecond: 40, servers: 7 }]);
  });

  it.each([
    ["", 10, 5],
    ["api_rate_limit = 3", 3, 5],
    ["batch_size = 2", 10, 2],
  ])("with %j limits calls and servers", async (fields, callsPerSecond, servers) => {
    put(PROVIDER, declare("ProviderDependencies", fields));
    expect(await limits()).toEqual([{ name: "none", callsPerSecond, servers }]);
    expect((await invoke("catalog.providers", context, {})).find(({ name }) => name === "none")?.limits).toEqual({
      rate: callsPerSecond,
      batchSize: servers,
    });
  });

  it("declares with the defaults of a schema of its own", async () => {
    put(PROVIDER, "schema ProviderDependencies:\n    api_rate_limit = 4 # in a second\n    batch_size = 3\n");
    expect(await limits()).toEqual([{ name: "none", callsPerSecond: 4, servers: 3 }]);
  });
});

describe("a limit that somebody configured stays", () => {
  it.each([
    [{}, { rate: 3, batchSize: 2 }],
    [{ "local.rate": 20 }, { rate: 20, batchSize: 2 }],
    [{ "local.batch_size": 6 }, { rate: 3, batchSize: 6 }],
  ])("%j", async (flags, expected) => {
    const dir = join(workspace, "extensions/providers/local");
    put(join(dir, "manifest.toml"), 'name = "local"\nentry = "index.mjs"\n');
    const module = readFileSync(join(workspace, "extensions/providers/none/index.mjs"), "utf8");
    const said = module
      .replace("createProvider = async ()", "createProvider = async ({ settings })")
      .replace("rate: 40", "rate: settings.rate");
    put(join(dir, "index.mjs"), said.replace("batchSize: 7", "batchSize: settings.batch_size"));
    put(join(dir, "kcl/dependencies.k"), declare("ProviderDependencies", "api_rate_limit = 3\n    batch_size = 2"));
    const session = await openInfraSession({ ...context, flags }, { mode: "read", definition: "use" });
    try {
      expect((await session.providers.get("local" as never)).capabilities.limits).toEqual(expected);
    } finally {
      await session.close();
      rmSync(dir, { recursive: true });
    }
  });
});

describe("a taskserv", () => {
  it("brings what it requires, and what that requires, and comes after it", async () => {
    put(fileOf("needy"), declare("TaskservDependencies", 'requires = ["base"]'));
    put(fileOf("base"), declare("TaskservDependencies", 'requires = ["deeper"]'));
    expect(await needs()).toMatchObject({
      "taskserv.one.needy": ["server.one", "taskserv.one.base"],
      "taskserv.one.base": ["server.one", "taskserv.one.deeper"],
      "taskserv.one.deeper": ["server.one"],
    });
    const entry = (await invoke("catalog.list", context, {})).find(({ name }) => name === "needy");
    expect(entry?.requires).toEqual(["base"]);
  });

  it.each([
    ['conflicts_with = ["base"]', "CONFLICT", /needy.*base|base.*needy/],
    ["minimum_resources = {cpu = 2}", "SERVER_TOO_SMALL", /needs 2 CPUs \(it has 1\)/],
    ["minimum_resources = {memory = 4096}", "SERVER_TOO_SMALL", /needs 4096 MiB of memory \(it has 1024\)/],
    ["minimum_resources = {disk = 30}", "SERVER_TOO_SMALL", /needs 30 GiB of disk \(it has 20\)/],
  ])("with %s is refused before anything is made", async (fields, code, summary) => {
    put(fileOf("needy"), declare("TaskservDependencies", `requires = ["base"]\n    ${fields}`));
    const [problem, ...others] = await problems();
    expect(others).toEqual([]);
    expect(problem?.code).toContain(code);
    expect(problem?.summary).toMatch(summary);
    expect(problem?.position).toMatchObject({ file: "infra/empty/main.k", line: 6 });
  });

  it.each([
    ['command = "true"', { command: "true", timeout_seconds: 60, retries: 5 }],
    [
      'command = "kubectl get nodes"\n    timeout = 30\n    retries = 2',
      { command: "kubectl get nodes", timeout_seconds: 30, retries: 2 },
    ],
  ])("is healthy when %j says so too", async (fields, expected) => {
    put(fileOf("needy"), declare("TaskservDependencies", `health_check = {${fields.replaceAll("\n    ", ", ")}}`));
    const [own, declared, ...others] = await healthChecks();
    expect([own?.id, declared?.id, others]).toEqual(["own", "declared", []]);
    expect(declared).toMatchObject(expected);
  });

  it("without the file is as its manifest says", async () => {
    expect((await healthChecks()).map(({ id }) => id)).toEqual(["own"]);
    expect(Object.keys(await needs())).toContain("taskserv.one.needy");
  });

  it("that no server carries is not looked at", async () => {
    put(fileOf("rival"), "this is no KCL");
    expect(Object.keys(await needs())).toContain("taskserv.one.needy");
  });

  it("declares with the defaults of a schema of its own", async () => {
    const minimum = "    minimum_resources = {\n        cpu = 2\n        memory = 4096\n        disk = 20\n    }\n";
    put(fileOf("needy"), `schema TaskservDependencies:\n    requires = ["base"] # other taskservs\n${minimum}`);
    expect((await problems()).map(({ code }) => code)).toEqual(["SERVER_TOO_SMALL"]);
  });
});

it.each([
  ["needy", declare("TaskservDependencies", "minimum_resources = {memory_mib = 1}"), "KCL_", 4, undefined],
  ["needy", 'dependencies = {\n    requirez = ["base"]\n}\n', "DEPENDENCIES_INVALID", 2, "Did you mean requires?"],
  ["needy", 'dependencies = {\n    requires = ["base", "needy"]\n}\n', "DEPENDENCIES_INVALID", 2, undefined],
  ["needy", 'dependencies = {\n    requires = "base"\n}\n', "DEPENDENCIES_INVALID", 2, undefined],
  ["needy", "a = {}\nb = {}\n", "DEPENDENCIES_INVALID", 1, "Write: import provisioning.workflows"],
  ["needy", declare("TaskservDependencies", 'health_check = {command = "x", timeout = 0}'), "KCL_", 4, undefined],
  [
    "provider",
    declare("ProviderDependencies", 'shared_resources = ["privat_network"]'),
    "DEPENDENCIES_INVALID",
    4,
    "Did you mean private_network?",
  ],
  ["provider", declare("ProviderDependencies", "batch_size = 0"), "KCL_", 4, undefined],
])("tells what is wrong with the file of %s, and where: %j", async (whose, text, code, line, hint) => {
  const file = whose === "provider" ? PROVIDER : fileOf(whose);
  put(file, text);
  const [problem, ...others] = await problems();
  expect(others).toEqual([]);
  expect(problem?.code).toContain(code);
  expect(problem?.position).toMatchObject({ file, line });
  expect(problem?.sourceLine).toBe(text.split("\n")[line - 1]);
  if (hint !== undefined) expect(problem?.hint).toContain(hint);
});
