/** Workflows as people write them, from the file to what would be done; nothing is looked at and nothing changed. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DiagnosticsError, type JsonObject } from "@provisioning/model";
import { evaluateWorkflow } from "@provisioning/workspace";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PlannedInfra } from "../infra/plan.js";
import { invoke } from "../invoke.js";
import { testContext } from "../testing/test-context.js";
import { batchRun } from "./definition.js";
import { compileFor, openBatch, planFromRecords } from "./prepare.js";

const example = fileURLToPath(new URL("../../../../examples/wuji", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "provisioning-batch-"));
const workspace = join(folder, "wuji");
const context = testContext(folder, { workspace });
const FILE = "workflows/without-kubernetes.k";
const ITEMS = 'items = ["wuji-cp-0", "wuji-strg-0", "wuji-worker-0"]';

beforeAll(async () => {
  await invoke("workspace.create", testContext(folder), { name: "wuji", dir: workspace, from: example });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What is wrong with the example after a change. */
async function problemsOf(change: (text: string) => string) {
  const file = join(workspace, "workflows", "changed.k");
  writeFileSync(file, change(readFileSync(join(workspace, FILE), "utf8")));
  try {
    await invoke("batch.validate", context, { file });
    return [];
  } catch (error) {
    if (!(error instanceof DiagnosticsError)) throw error;
    return error.diagnostics;
  }
}

describe("the workflow of the example", () => {
  it("can be carried out, with these settings", async () => {
    const { name, infra, operations, workflow } = await invoke("batch.validate", context, { file: FILE });
    expect({ name, infra, operations }).toEqual({ name: "wuji-without-kubernetes", infra: "wuji", operations: 4 });
    expect(workflow).toMatchObject({
      rollback: { enabled: true, onPartialFailure: true, checkpointInterval: 2, preserveSuccessful: false },
      retry: { maxAttempts: 3, backoff: "exponential", initialDelayMs: 5_000, maxDelayMs: 300_000 },
    });
    expect(JSON.stringify(workflow)).not.toContain("position");
  });

  it("names every taskserv that there is not, each at its place", async () => {
    const problems = await problemsOf((text) =>
      text.replace('["etcd"]', '["kubernetes"]').replace('["redis", "nginx"]', '["rook-ceph", "external-nfs", "cilium"]'),
    );
    expect(problems.map(({ code, summary }) => [code, summary])).toEqual(
      ["kubernetes", "rook-ceph", "external-nfs", "cilium"].map((name) => [
        "BATCH_ITEM_UNKNOWN",
        `There is no taskserv ${name}.`,
      ]),
    );
    for (const { position, sourceLine } of problems) {
      expect(position?.file).toBe("workflows/changed.k");
      expect(sourceLine).toContain("items = [");
    }
  });

  it("is there with Kubernetes too, and refused for just what there is not yet", async () => {
    const file = "workflows/full-deployment.k";
    const full = await evaluateWorkflow(context.platform, { file: join(workspace, file), workspaceDir: workspace });
    expect(full).toMatchObject({
      name: "wuji-full-deployment",
      order: "batch",
      rollback: { enabled: true, onPartialFailure: true, checkpointInterval: 2, preserveSuccessful: false },
      retry: { maxAttempts: 3, backoff: "exponential", initialDelayMs: 5_000, maxDelayMs: 300_000 },
      secrets: { provider: "sops", ageKeyFile: "~/.config/sops/age/keys.txt" },
    });
    expect(
      full.operations.map(({ id, verb, target, items, dependsOn, parallel }) => [id, verb, target, items, dependsOn, parallel]),
    ).toEqual([
      ["create-servers", "create", "server", ["wuji-cp-0", "wuji-strg-0", "wuji-worker-0"], [], true],
      ["install-base", "create", "taskserv", ["os", "resolv", "containerd"], ["create-servers"], true],
      ["install-k8s", "create", "taskserv", ["kubernetes"], ["install-base"], true],
      ["install-cluster", "create", "taskserv", ["rook-ceph", "external-nfs", "cilium"], ["install-k8s"], true],
    ]);
    const error = await invoke("batch.validate", context, { file }).catch((found: unknown) => found as DiagnosticsError);
    const problems = (error as DiagnosticsError).diagnostics.map(({ code, summary, position }) => [
      code,
      summary,
      position?.line,
    ]);
    expect(problems).toEqual([
      ["BATCH_ITEM_UNKNOWN", "There is no taskserv kubernetes.", 32],
      ["BATCH_ITEM_UNKNOWN", "There is no taskserv rook-ceph.", 40],
      ["BATCH_ITEM_UNKNOWN", "There is no taskserv external-nfs.", 40],
      ["BATCH_ITEM_UNKNOWN", "There is no taskserv cilium.", 40],
    ]);
  });

  it("adds what is required and not listed, and tells of it", async () => {
    const told = testContext(folder, { workspace });
    const text = readFileSync(join(workspace, FILE), "utf8").replace('"runc", ', "");
    writeFileSync(join(workspace, "workflows", "changed.k"), text);
    await invoke("batch.validate", told, { file: "workflows/changed.k" });
    const notes = told.events.filter(({ type }) => type === "note");
    expect(notes).toHaveLength(1);
    expect(notes[0]).toMatchObject({
      text: expect.stringMatching(/ installs runc too, which containerd requires, on /) as string,
    });
    await expect(invoke("batch.validate", told, { file: "workflows/changed.k", infra: "wuji" })).resolves.toMatchObject({
      operations: 4,
    });
  });

  it("has a checkpoint after so many of its operations, however many steps these are", async () => {
    const opened = await openBatch(context, { file: FILE }, "read");
    try {
      const { session, workflow } = opened;
      const uses: PlannedInfra["uses"] = new Map();
      const compiled = await compileFor(opened, { plan: planFromRecords(session), uses });
      const { operations, checkpointInterval, checkpointAction } = await batchRun(session, workflow, compiled);
      const counted = operations.filter(({ action }) => action === checkpointAction).map(({ id }) => id);
      expect(checkpointInterval).toBe(2);
      expect(counted).toEqual(workflow.operations.map(({ id }) => id));
      expect(operations.length).toBeGreaterThan(counted.length);
    } finally {
      await opened.session.close();
    }
  });

  it("finds the platform's schemas from any file, though the workspace keeps its workflows in a folder of that name", async () => {
    writeFileSync(join(workspace, "deploy.k"), readFileSync(join(workspace, FILE), "utf8"));
    writeFileSync(join(workspace, "again.k"), "import deploy\nagain = deploy.without_kubernetes\n");
    for (const file of ["deploy.k", "again.k"])
      expect(await invoke("batch.validate", context, { file }), file).toMatchObject({ operations: 4 });
    // What only the folder has is meant as it is written.
    rmSync(join(workspace, "workflows", "changed.k"), { force: true });
    writeFileSync(join(workspace, "own.k"), "import workflows\nown = workflows.without_kubernetes\n");
    expect(await invoke("batch.validate", context, { file: "own.k" })).toMatchObject({ operations: 4 });
    for (const file of ["deploy.k", "again.k", "own.k"]) rmSync(join(workspace, file));
  });

  /** What is written in place of the first operation's `items`, its place in the file, and what is said of it. */
  const MISTAKES = [
    ["parallell = True", [14, 13], "'parallell'", "Did you mean parallel?"],
    ["", [12, 13], "operation create-servers needs items", undefined],
    ["items = ['x']\nregion = 'eu'", [15, 13], "region is for operations of type", undefined],
    ["items = 'x'", [14, 13], "expected [str], got str", undefined],
    ["items = ['x']\ntimeout = '5m'", [15, 13], "expected int, got str", undefined],
  ] as const;
  it.each(MISTAKES)("says at its place that an operation is wrong with %j", async (written, [line, column], said, hint) => {
    const problems = await problemsOf((text) => text.replace(ITEMS, written.replace("\n", "\n            ")));
    expect(problems).toMatchObject([{ position: { file: "workflows/changed.k", line, column } }]);
    expect(problems[0]?.summary).toContain(said);
    expect(problems[0]?.hint).toBe(hint);
  });

  it("suggests the type that was meant", async () => {
    const problems = await problemsOf((text) => text.replace('type = "create"', 'type = "creat"'));
    expect(problems).toMatchObject([{ position: { line: 12, column: 13 }, hint: 'Did you mean "create"?' }]);
  });

  it("names a provider in every operation when it says that it is not for all", async () => {
    const bound = (text: string) => text.replace('    type = "batch"', '    type = "batch"\n    provider_agnostic = False');
    const problems = await problemsOf(bound);
    expect(problems.map(({ code, position }) => [code, position?.file, position?.line])).toEqual(
      [11, 19, 28, 36].map((line) => ["BATCH_PROVIDER_MISSING", "workflows/changed.k", line]),
    );
    expect(await problemsOf((text) => bound(text).replaceAll(/^( +)type = "create"/gm, '$&\n$1providers = ["local"]'))).toEqual(
      [],
    );
  });

  it("is refused without operations", async () => {
    const [problem, ...others] = await problemsOf((text) => text.replace(/operations = \[[^]*\n {4}\]\n/, "operations = []\n"));
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ position: { line: 8, column: 5 } });
    expect(problem?.summary).toContain("a workflow needs operations");
  });

  it("is refused when an operation depends on one that nobody has, with its place", async () => {
    const problems = await problemsOf((text) =>
      text.replace('depends_on = ["create-servers"]', 'depends_on = ["create-server"]'),
    );
    expect(problems).toMatchObject([
      { code: "BATCH_OPERATION_UNKNOWN", position: { file: "workflows/changed.k" }, hint: "Did you mean create-servers?" },
    ]);
    expect(problems[0]?.sourceLine).toContain("depends_on");
  });

  it.each([
    ['metrics_endpoint = "/tasks/mine"', "below /tasks the service answers something else"],
    ['metrics_endpoint = "/with space"', "which is no path"],
    ['metrics_endpoint = "/metrics/../health"', "which is no path"],
    ['metrics_endpoint = "/metrics/"', "which is no path"],
    ['state_store = "postgres"', "this workspace keeps its runs in filesystem"],
    ['telemetry = {enabled = True, endpoint = "http://"}', "which is no address"],
  ])("refuses monitoring with %s", async (setting, reason) => {
    const [problem, ...others] = await problemsOf((text) =>
      text.replace("    retry_policy", `    monitoring = {${setting}}\n\n    retry_policy`),
    );
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ code: "BATCH_MONITORING_INVALID", position: { file: "workflows/changed.k" } });
    expect(problem?.summary).toContain(reason);
    expect(problem?.sourceLine).toContain("monitoring");
  });

  it.each(['metrics_endpoint = "/metrics/shop.v1"', 'state_store = "file"', "checkpoint_frequency = 3", "enabled = False"])(
    "takes monitoring with %s",
    async (setting) => {
      const problems = await problemsOf((text) =>
        text.replace("    retry_policy", `    monitoring = {${setting}}\n\n    retry_policy`),
      );
      expect(problems).toEqual([]);
    },
  );

  it("says what is wrong with a wait condition", async () => {
    const dependency = 'dependencies = [{source = "taskserv.redis", target = "taskserv.nginx", wait_condition = "otputs[0] &&"}]';
    const [problem, ...others] = await problemsOf((text) =>
      text.replace("    retry_policy", `    ${dependency}\n\n    retry_policy`),
    );
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ code: "BATCH_CONDITION_INVALID" });
  });

  describe("with templates", () => {
    const withTemplate = async (
      template: string,
      environment: Record<string, string> = {},
      change = (text: string): string => text,
    ) => {
      const text = change(readFileSync(join(workspace, FILE), "utf8")).replace(
        "    retry_policy",
        '    templates = ["more.yaml.j2"]\n\n    retry_policy',
      );
      writeFileSync(join(workspace, "workflows", "changed.k"), text);
      writeFileSync(join(workspace, "workflows", "more.yaml.j2"), template);
      const own = testContext(folder, { workspace, environment: { ...context.environment, ...environment } });
      return invoke("batch.validate", own, { file: "workflows/changed.k" });
    };
    const look = `{% for server in infra.servers %}
- id: look-at-{{ server.name }}
  type: check
  target: server
  items: [{{ server.name }}]
  depends_on: [create-servers]
  timeout: {{ values.timeout | default(60) }}
  on_failure: continue
{% endfor %}
`;

    it("has operations for what the infra and the environment are", async () => {
      writeFileSync(join(workspace, "workflows", "more.yaml.production.yaml"), "timeout: 90\n");
      const { operations, workflow } = await withTemplate(look);
      expect(operations).toBe(7);
      const made = (workflow.operations as readonly unknown[])[4];
      expect(made).toMatchObject({ id: "look-at-wuji-cp-0", verb: "check", timeoutMs: 60_000, onFailure: "continue" });
      const production = await withTemplate(look, { PROVISIONING_ENVIRONMENT: "production" });
      expect((production.workflow.operations as readonly unknown[])[4]).toMatchObject({ timeoutMs: 90_000 });
    });

    it("may have operations that others wait for, written in the file", async () => {
      const waiting = (text: string) => text.replace('depends_on = ["create-servers"]', 'depends_on = ["look-at-wuji-cp-0"]');
      expect((await withTemplate(look, {}, waiting)).operations).toBe(7);
    });

    it("may be all there is", async () => {
      const alone = (text: string) => text.replace(/operations = \[[^]*\n {4}\]\n/, "operations = []\n");
      expect((await withTemplate(look.replace("depends_on: [create-servers]", ""), {}, alone)).operations).toBe(3);
    });

    it.each([
      ["- {{ nothing }}", "TEMPLATE_INVALID", 1],
      ["\n\n{% for %}", "TEMPLATE_INVALID", 3],
      ["hello", "BATCH_TEMPLATE_INVALID", 1],
      ["- id: [", "BATCH_TEMPLATE_INVALID", 1],
      ["- {id: a, type: make, target: server, items: []}", "BATCH_TEMPLATE_INVALID", 1],
      ["- {id: a, type: check, target: server, items: [], timeuot: 3}", "BATCH_TEMPLATE_INVALID", 1],
    ])("tells what is wrong with %j", async (template, code, line) => {
      const error = await withTemplate(template).catch((found: unknown) => found as DiagnosticsError);
      expect((error as DiagnosticsError).diagnostics).toMatchObject([
        { code, position: { file: "workflows/more.yaml.j2", line } },
      ]);
    });

    it("names a template that is not there", async () => {
      const [problem] = await problemsOf((text) =>
        text.replace("    retry_policy", '    templates = ["../../moer.yaml.j2"]\n\n    retry_policy'),
      );
      expect(problem).toMatchObject({ code: "BATCH_TEMPLATE_UNKNOWN", position: { file: "workflows/changed.k" } });
      expect(problem?.sourceLine).toContain("moer");
    });
  });
});

describe("a workflow that is sent", () => {
  const operation = { id: "a", type: "create", target: "server", items: ["wuji-cp-0"] };
  const problemsOfSent = (definition: JsonObject) =>
    invoke("batch.validate", context, { definition }).then(
      () => [],
      (error: unknown) => (error as DiagnosticsError).diagnostics,
    );

  it("can be carried out where the workspace has workflows of its own", async () => {
    expect(await invoke("batch.validate", context, { definition: { name: "sent", operations: [operation] } })).toMatchObject({
      name: "sent",
      operations: 1,
      workflow: { operations: [{ id: "a", verb: "create", items: ["wuji-cp-0"] }] },
    });
  });

  it.each<[JsonObject, string, string?]>([
    [
      { operations: [operation, { ...operation, id: "b", parallell: true }] },
      "operations[1].parallell: ",
      "Did you mean parallel?",
    ],
    [{ operations: [{ id: "a", type: "create", target: "server" }] }, "operations[0].type: operation a needs items"],
    [{ operations: [{ ...operation, type: "creat" }] }, "operations[0].type: ", 'Did you mean "create"?'],
    [{ operations: [{ ...operation, timeout: "5m" }] }, "operations[0].timeout: expected int, got str"],
    [
      { operations: [{ type: "cluster", id: "a", region: "eu" }] },
      'operations[0].type: operation a of type "cluster" needs a cluster',
    ],
    [{ operations: [] }, "operations: a workflow needs operations"],
    [{ operations: [operation], retry_policy: { max_attempt: 1 } }, "retry_policy.max_attempt: ", "Did you mean max_attempts?"],
    [{ operations: [operation], naem: "x" }, "naem: ", "Did you mean name?"],
    [{ operations: [{ ...operation, depends_on: ["b"] }] }, "operations[0].depends_on[0]: a depends on b", "Did you mean a?"],
    [
      { operations: [{ ...operation, items: ["wuji-cp-0", "wuji-cp-00"] }] },
      "operations[0].items[1]: ",
      "Did you mean wuji-cp-0?",
    ],
    [
      { operations: [operation], dependencies: [{ source: "operation.a", target: "operation.b" }] },
      "dependencies[0].target: ",
      "Did you mean a?",
    ],
  ])("is refused with the path of what is wrong: %j", async (definition, summary, hint) => {
    const [problem, ...others] = await problemsOfSent({ name: "sent", ...definition });
    expect(others).toEqual([]);
    expect(problem?.summary.slice(0, summary.length)).toBe(summary);
    expect(problem?.hint).toBe(hint);
    expect(problem?.position).toBeUndefined();
  });
});
