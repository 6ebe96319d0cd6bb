/**
 * Every action gives the same by the command in one process, by the command through the service, and over HTTP. One table; an action that is
 * not in it fails the test.
 */

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { type ActionName, actionTable, isLocalAction } from "@provisioning/actions";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fixture, makeWorkspace, type TestWorkspace } from "./support/platform.js";

interface Case {
  readonly action: ActionName;
  /** Absent: no command shows it as it is; `batch monitor` draws what it gives. */
  readonly words?: readonly string[];
  readonly input: Readonly<Record<string, unknown>>;
}

/** In this order: later ones look at what earlier ones did. `last` is the newest run. */
const CASES: readonly Case[] = [
  { action: "storage.info", words: ["storage", "info"], input: {} },
  { action: "storage.validate", words: ["storage", "validate"], input: {} },
  {
    action: "storage.migrate",
    words: ["storage", "migrate", "--from", "filesystem", "--to", "filesystem"],
    input: { from: { type: "filesystem" }, to: { type: "filesystem" } },
  },
  { action: "infra.plan", words: ["plan"], input: {} },
  { action: "infra.apply", words: ["apply", "--yes"], input: {} },
  { action: "infra.drift", words: ["drift"], input: {} },
  { action: "infra.status", words: ["cluster", "status"], input: {} },
  { action: "infra.why", words: ["why", "server.none"], input: { subject: "server.none" } },
  { action: "infra.health", words: ["health-check"], input: {} },
  { action: "infra.planRemoval", words: ["cluster", "delete", "--check"], input: {} },
  { action: "infra.destroy", words: ["cluster", "delete", "--yes"], input: {} },
  { action: "catalog.list", words: ["taskserv", "list", "--all"], input: {} },
  { action: "catalog.providers", words: ["provider", "list"], input: {} },
  { action: "catalog.schema", words: ["taskserv", "schema", "redis"], input: { taskserv: "redis" } },
  { action: "state.list", words: ["state", "list"], input: {} },
  { action: "state.show", words: ["state", "show", "server.none"], input: { resource: "server.none" } },
  { action: "graph.query", words: ["graph", "query", "depends_on"], input: { question: "depends_on" } },
  { action: "graph.dependents", words: ["graph", "dependents", "server.none"], input: { resource: "server.none" } },
  { action: "graph.path", words: ["graph", "path", "server.a", "server.b"], input: { from: "server.a", to: "server.b" } },
  { action: "workflow.tasks", words: ["workflow", "tasks"], input: {} },
  { action: "workflow.validate", words: ["workflow", "validate", "workflows/good.yaml"], input: { file: "workflows/good.yaml" } },
  {
    action: "workflow.plan",
    words: ["workflow", "run", "--dry-run", "workflows/good.yaml"],
    input: { file: "workflows/good.yaml" },
  },
  {
    action: "batch.validate",
    words: ["batch", "submit", "--validate", "workflows/empty.k"],
    input: { file: "workflows/empty.k" },
  },
  { action: "batch.plan", words: ["batch", "submit", "--dry-run", "workflows/wrong.k"], input: { file: "workflows/wrong.k" } },
  { action: "batch.submit", words: ["batch", "submit", "--yes", "workflows/wrong.k"], input: { file: "workflows/wrong.k" } },
  { action: "workflow.run", words: ["workflow", "run", "workflows/good.yaml"], input: { file: "workflows/good.yaml" } },
  { action: "run.list", words: ["workflow", "list"], input: { limit: 20 } },
  { action: "run.show", words: ["workflow", "status"], input: { id: "last" } },
  { action: "run.events", input: { id: "last" } },
  { action: "run.logs", words: ["workflow", "logs"], input: { id: "last" } },
  { action: "run.why", words: ["why", "last"], input: { id: "last" } },
  { action: "run.checkpoints", words: ["workflow", "checkpoints"], input: { id: "last" } },
  { action: "run.pause", words: ["workflow", "pause", "last"], input: { id: "last" } },
  { action: "run.pass", words: ["workflow", "skip", "last", "decide"], input: { id: "last", operation: "decide" } },
  { action: "run.cancel", words: ["workflow", "cancel", "last"], input: { id: "last" } },
  { action: "run.resume", words: ["workflow", "resume", "last"], input: { id: "last" } },
  { action: "run.retry", words: ["workflow", "retry", "--yes", "last"], input: { id: "last" } },
  { action: "run.rollback", words: ["workflow", "rollback", "--yes", "last"], input: { id: "last" } },
];

const GOOD = `apiVersion: provisioning/v1
kind: Workflow
metadata:
  name: good
spec:
  steps:
    - name: decide
      task: provisioning.evaluate
      params:
        condition: "x = 1 + 1"
      outputs: [x]
    - name: decide-again
      task: provisioning.evaluate
      depends_on: [decide]
      params:
        condition: "y = 2"
`;

const batchText = (items: string) => `import workflows

deploy = workflows.WorkflowDef {
    name = "deploy"
    operations = [{id = "servers", type = "create", target = "server", items = ${items}}]
}
`;

async function emptyWorkspace(): Promise<TestWorkspace> {
  const workspace = await makeWorkspace(fixture("small"));
  await workspace.edit("infra/small/main.k", (text) => text.replace(/servers = \[[\s\S]*\n {4}\]/, "servers = []"));
  await mkdir(join(workspace.dir, "workflows"));
  await writeFile(join(workspace.dir, "workflows/good.yaml"), GOOD);
  await writeFile(join(workspace.dir, "workflows/empty.k"), batchText("[]"));
  await writeFile(join(workspace.dir, "workflows/wrong.k"), batchText('["none"]'));
  return workspace;
}

/**
 * What differs from run to run and from place to place has a fixed name; only a service knows of requests, only a command says the version of its
 * schema, and digests are made with a key of the workspace.
 */
function comparable(value: unknown, dir: string): unknown {
  const text = JSON.stringify(value, (key, inner: unknown) =>
    key === "request" || key === "trace" || key === "digests" || key === "schema_version"
      ? undefined
      : typeof inner === "number" && /Ms$|^(?:at|token|createdAt|updatedAt|version|since|seconds|bytes)$/.test(key)
        ? 0
        : inner,
  );
  if (text === undefined) return undefined;
  return JSON.parse(
    text
      .replaceAll(dir, "WORKSPACE")
      .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g, "ID")
      .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, "TIME")
      .replaceAll(/(?:orchestrator of )?[^"\s]+@[^"\s]+ \(pid \d+\)/g, "HOLDER"),
  ) as unknown;
}

type Outcome = { readonly result: unknown } | { readonly error: string };

async function byCommand(workspace: TestWorkspace, words: readonly string[]): Promise<Outcome> {
  const { code, stdout, stderr } = await workspace.run(...words, "-o", "json");
  const told = stderr.split("\n").find((line) => line.startsWith('{"schema_version"'));
  const error = told === undefined ? undefined : (JSON.parse(told) as { error: { code: string } }).error.code;
  if (stdout.trim() === "") return { error: error ?? `exit ${code}: ${stderr}` };
  return { result: comparable(JSON.parse(stdout), workspace.dir) };
}

async function overHttp(workspace: TestWorkspace, { action, input }: Case): Promise<Outcome> {
  const { url } = JSON.parse(await readFile(join(workspace.dir, "runtime/orchestrator/service.json"), "utf8")) as { url: string };
  const token = (await readFile(join(workspace.dir, "runtime/orchestrator/token"), "utf8")).trim();
  const answer = await fetch(`${url}/actions/${action}?wait=true`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ input }),
  });
  const body = (await answer.json()) as { error?: { code: string }; kind?: string; result?: unknown };
  if (!answer.ok) return { error: body.error?.code ?? String(answer.status) };
  if (body.kind !== "request") return { result: comparable(body, workspace.dir) };
  if (body.result !== undefined) return { result: comparable(body.result, workspace.dir) };
  return { error: body.error?.code ?? "no result" };
}

describe("every action", () => {
  const workspaces: TestWorkspace[] = [];
  beforeAll(async () => {
    for (let count = 0; count < 3; count += 1) workspaces.push(await emptyWorkspace());
    for (const workspace of workspaces.slice(1)) {
      const started = await workspace.run("orchestrator", "start", "--background", "--port", "0");
      expect(started).toMatchObject({ code: 0, stderr: "" });
    }
  });
  afterAll(async () => {
    for (const workspace of workspaces.slice(1)) await workspace.run("orchestrator", "stop");
    for (const workspace of workspaces) await workspace.destroy();
  });

  it("is in the table", () => {
    const served = Object.keys(actionTable).filter((name) => !isLocalAction(name as ActionName));
    expect(CASES.map(({ action }) => action).sort()).toEqual(served.sort());
  });

  it.each(CASES.map((one) => [one.action, one] as const))("%s gives the same everywhere", async (_, one) => {
    const [alone, served, asked] = workspaces as [TestWorkspace, TestWorkspace, TestWorkspace];
    const { words } = one;
    const [here, there, over] = [
      words === undefined ? undefined : await byCommand(alone, words),
      words === undefined ? await overHttp(served, one) : await byCommand(served, words),
      await overHttp(asked, one),
    ];
    if (here === undefined) return expect(over).toEqual(there);
    expect(there).toEqual(here);
    expect(over).toEqual(here);
  });
});

const execute = promisify(execFile);

interface Said {
  readonly variables?: Readonly<Record<string, string>>;
  readonly words: readonly string[];
  /** Something of what it tells. */
  readonly told: string;
}

/** Each decides something that is not so without it. */
const SAID: Readonly<Record<string, Said>> = {
  "--env": { words: ["batch", "submit", "--yes", "workflows/where.k", "--env", "prod"], told: "server-of-prod" },
  PROVISIONING_ENV: {
    variables: { PROVISIONING_ENV: "prod" },
    words: ["batch", "submit", "--yes", "workflows/where.k"],
    told: "server-of-prod",
  },
  "--env over PROVISIONING_ENV": {
    variables: { PROVISIONING_ENV: "prod" },
    words: ["batch", "submit", "--dry-run", "workflows/where.k", "--env", "dev"],
    told: "server-of-dev",
  },
  "--env that there is not": { words: ["plan", "--env", "nonsense"], told: "ENVIRONMENT_UNKNOWN" },
  "an environment in --settings": {
    words: ["workflow", "server-create", "small", "--check", "--settings", "SETTINGS/prod.yaml"],
    told: '"xlarge"',
  },
  "a provider in --settings": {
    words: ["workflow", "server-create", "small", "--check", "--settings", "SETTINGS/provider.yaml"],
    told: "PROVIDER_UNKNOWN",
  },
  "--settings of a change": {
    words: ["workflow", "server-create", "small", "--yes", "--settings", "SETTINGS/provider.yaml"],
    told: "PROVIDER_UNKNOWN",
  },
  "--settings with a key that there is not": {
    words: ["workflow", "server-create", "small", "--check", "--settings", "SETTINGS/typo.yaml"],
    told: "CONFIG_UNKNOWN_KEY",
  },
  "--settings of a size": {
    words: ["workflow", "server-create", "small", "--check", "--settings", "SETTINGS/size.yaml"],
    told: '"large"',
  },
  "--provider": { words: ["cluster", "create", "small", "--check", "--provider", "nonsense"], told: "PROVIDER_UNKNOWN" },
  "a variable that a document uses": {
    variables: { who: "me" },
    words: ["workflow", "run", "workflows/who.yaml"],
    told: '"status":"completed"',
  },
  "a variable that is checked": {
    variables: { who: "me" },
    words: ["workflow", "validate", "workflows/who.yaml"],
    told: '"who"',
  },
  "a variable that --var wins over": {
    variables: { who: "nobody" },
    words: ["workflow", "run", "workflows/who.yaml", "--var", "who=me"],
    told: '"status":"completed"',
  },
  "a variable for a key": {
    variables: { PROVISIONING_SERVERS_DEFAULT_PLAN: "xlarge" },
    words: ["workflow", "server-create", "small", "--check"],
    told: '"xlarge"',
  },
  "a flag over a variable": {
    variables: { PROVISIONING_SERVERS_DEFAULT_PLAN: "xlarge" },
    words: ["plan", "--plan", "large"],
    told: '"large"',
  },
  "a variable of a change": {
    variables: { PROVISIONING_RUN_PARALLEL_LIMIT: "many" },
    words: ["workflow", "server-create", "small", "--yes"],
    told: "CONFIG_TYPE",
  },
  "a variable that is wrong": {
    variables: { PROVISIONING_RUN_PARALLEL_LIMIT: "many" },
    words: ["plan"],
    told: "CONFIG_TYPE",
  },
  "--plan": { words: ["plan", "--plan", "xlarge"], told: '"xlarge"' },
};

const SETTINGS: Readonly<Record<string, string>> = {
  prod: "environment:\n  default: prod\n",
  provider: "providers:\n  default: nonsense\n",
  typo: "providers:\n  defualt: local\n",
  size: "servers:\n  default_plan: large\n",
};

/** Its second step needs that `who` is `me`. */
const WHO = `apiVersion: provisioning/v1
kind: Workflow
spec:
  steps:
    - {name: who, task: provisioning.evaluate, params: {condition: 'is_me = who == "me"'}, outputs: [is_me]}
    - {name: assert, task: provisioning.evaluate, params: {condition: "assert is_me"}}
`;

async function workspaceWithEnvironments(): Promise<TestWorkspace> {
  const workspace = await makeWorkspace(fixture("small"));
  await mkdir(join(workspace.dir, "workflows"));
  await writeFile(join(workspace.dir, "config/dev-defaults.toml"), "");
  await writeFile(join(workspace.dir, "config/prod-defaults.toml"), '[servers]\ndefault_plan = "xlarge"\n');
  await writeFile(
    join(workspace.dir, "workflows/where.k"),
    batchText("[]").replace("\n}", '\n    templates = ["where.yaml.j2"]\n}'),
  );
  const operation = '- {id: where, type: create, target: server, items: ["server-of-{{ environment }}"]}\n';
  await writeFile(join(workspace.dir, "workflows/where.yaml.j2"), operation);
  await writeFile(join(workspace.dir, "workflows/who.yaml"), WHO);
  // Outside of the workspace: it is the command that reads it.
  await mkdir(join(workspace.dir, "../settings"));
  for (const [name, text] of Object.entries(SETTINGS)) {
    await writeFile(join(workspace.dir, `../settings/${name}.yaml`), text);
  }
  return workspace;
}

describe("what a command is told besides its action", () => {
  let alone: TestWorkspace;
  let served: TestWorkspace;
  beforeAll(async () => {
    [alone, served] = await Promise.all([workspaceWithEnvironments(), workspaceWithEnvironments()]);
    expect(await served.run("orchestrator", "start", "--background", "--port", "0")).toMatchObject({ code: 0 });
  });
  afterAll(async () => {
    await served.run("orchestrator", "stop");
    for (const workspace of [alone, served]) await workspace.destroy();
  });

  const said = async (workspace: TestWorkspace, { variables = {}, words }: Said) => {
    const own = words.map((word) => word.replace("SETTINGS", join(workspace.dir, "../settings")));
    const { code, stdout, stderr } = await workspace.runWith(variables, ...own, "-o", "json");
    const error = stderr.split("\n").find((line) => line.startsWith("{"));
    const told = { result: stdout === "" ? undefined : JSON.parse(stdout), error: error && JSON.parse(error) } as const;
    return { code, told: comparable(told, join(workspace.dir, "..")) };
  };

  it.each(Object.entries(SAID))("%s decides the same through a service", async (_, one) => {
    const here = await said(alone, one);
    expect(JSON.stringify(here)).toContain(one.told);
    expect(await said(served, one)).toEqual(here);
  });

  it("stays here where it is a secret, and the error says where it counts", async () => {
    const step = '{name: tell, task: notifications.webhook, params: {webhook: "${HOOK}", message: told}}';
    await writeFile(
      join(served.dir, "workflows/tell.yaml"),
      `apiVersion: provisioning/v1\nkind: Workflow\nspec:\n  steps:\n    - ${step}\n`,
    );
    const { code, stderr } = await served.runWith(
      { HOOK: "https://chat.example/s3cret" },
      "workflow",
      "run",
      "workflows/tell.yaml",
    );
    expect([code, stderr.includes("WORKFLOW_VARIABLE_UNBOUND")]).toEqual([3, true]);
    expect(stderr.replaceAll(/\s+/g, " ")).toContain("workflows.service_environment");
    await expect(execute("grep", ["-r", "s3cret", served.dir])).rejects.toMatchObject({ code: 1 });
  });

  it("does not reach what belongs to the service", async () => {
    const file = join(served.dir, "../settings/workers.yaml");
    await writeFile(file, "orchestrator:\n  workers: 2\n");
    const { code, stderr } = await served.run("workflow", "server-create", "small", "--check", "--settings", file);
    expect([code, stderr.includes("SETTINGS_REFUSED"), stderr.includes("orchestrator.workers")]).toEqual([64, true, true]);
  });
});
