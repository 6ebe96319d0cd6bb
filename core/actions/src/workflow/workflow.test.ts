/** Workflow documents from the file to what is recorded: conditions, values, queries, notifications, what is refused. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DiagnosticsError, type JsonObject } from "@provisioning/model";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { invoke } from "../invoke.js";
import { openWorkspaceSession } from "../session.js";
import { createWorkflowCompiler } from "./compiler.js";
import { testContext } from "../testing/test-context.js";
import { readDocumentFile } from "./read-file.js";

const folder = mkdtempSync(join(tmpdir(), "provisioning-workflow-"));
const workspace = join(folder, "shop");
const environment: Record<string, string> = { XDG_CONFIG_HOME: join(folder, "user") };
const context = testContext(folder, { workspace, environment });

/** Rows of agents: role, depth of the queue, replicas now, at least and at most; and what is decided. */
const SCALED: readonly (readonly [string, number, number, number | null, number, string, number | undefined])[] = [
  ["up-by-two", 11, 5, 5, 20, "scale_up", 7],
  ["up-to-the-most", 11, 19, 5, 20, "scale_up", 20],
  ["up-no-more", 11, 20, 5, 20, "no_change", undefined],
  ["down", 1, 6, 5, 20, "scale_down", 5],
  ["down-no-more", 1, 5, 5, 20, "no_change", undefined],
  ["between", 5, 6, 5, 20, "no_change", undefined],
  ["unmeasured", 1, 6, null, 20, "", undefined],
];

const received: { readonly path: string; readonly body: unknown; readonly key: unknown }[] = [];
let status = 200;
let server: Server;

beforeAll(async () => {
  await invoke("workspace.create", testContext(folder), { name: "shop", dir: workspace });
  rmSync(join(workspace, "infra"), { recursive: true, force: true });
  mkdirSync(join(workspace, "metrics"));
  const rows = [
    { role: "developer", queue_depth: 12, current: 5 },
    { role: "reviewer", queue_depth: 1, current: 3 },
    ...SCALED.map(([role, queue_depth, current_replicas, min_replicas, max_replicas]) => ({
      role,
      queue_depth,
      current_replicas,
      min_replicas,
      max_replicas,
    })),
  ];
  writeFileSync(join(workspace, "metrics", "agent_health.json"), JSON.stringify(rows));
  server = createServer((request, response) => {
    let text = "";
    request.on("data", (part: Buffer) => (text += part.toString()));
    request.on("end", () => {
      received.push({ path: request.url ?? "", body: JSON.parse(text), key: request.headers["idempotency-key"] });
      response.writeHead(status, status === 302 ? { location: "http://169.254.169.254/" } : {}).end("answer");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  environment.HOOK = `http://127.0.0.1:${(server.address() as AddressInfo).port}/services/T0/secret-part`;
});
beforeEach(() => {
  received.length = 0;
  status = 200;
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

const allowing = testContext(folder, { workspace, environment, flags: { "notifications.allow_private_addresses": "yes" } });
const document = (spec: JsonObject, name = "demo"): JsonObject => ({
  apiVersion: "provisioning/v1",
  kind: "Workflow",
  metadata: { name },
  spec,
});
const run = (spec: JsonObject, variables: JsonObject = {}, as = context) =>
  invoke("workflow.run", as, { document: document(spec), variables });
const outputsOf = async (id: string) => {
  const rows = await invoke("run.logs", context, { id });
  return rows.map(({ message }) => message);
};

const scaling = {
  steps: [
    {
      name: "look",
      task: "provisioning.query",
      params: { query: "SELECT queue_depth, current FROM agent_health WHERE role = '${ROLE}'" },
      outputs: ["queue_depth", "current"],
    },
    {
      name: "decide",
      task: "provisioning.evaluate",
      params: {
        condition:
          'if queue_depth > 10 && current < most:\n  scale_to = min(current + 2, most)\n  action = "scale_up"\nelse:\n  action = "no_change"\n',
      },
      outputs: ["action", "scale_to"],
    },
    {
      name: "tell",
      task: "notifications.slack",
      when: 'action != "no_change"',
      params: { webhook: "${HOOK}", message: "${ROLE}: ${scale_to}" },
    },
    { name: "after", task: "provisioning.evaluate", depends_on: ["tell"], params: { condition: "done = True" } },
  ],
} satisfies JsonObject;

describe("a workflow document", () => {
  it("carries values from step to step", async () => {
    const { outcome, run: report } = await run(scaling, { ROLE: "developer", most: 6 }, allowing);
    expect(outcome).toBe("completed");
    expect(report).toMatchObject({ name: "demo", infra: "workspace", purpose: "workflow" });
    expect(received).toEqual([{ path: "/services/T0/secret-part", body: { text: "developer: 6" }, key: `${report.id}/tell` }]);
  });

  describe("finds in the row of a query what the query does not select", () => {
    const example = fileURLToPath(new URL("../../../../examples/vapora/workflows/scale-agents.yaml", import.meta.url));
    const decide = async (role: string, variables: JsonObject = {}) => {
      const { value } = await readDocumentFile(example, folder);
      const { spec } = value as unknown as { spec: { steps: JsonObject[] } };
      const tell = {
        name: "tell",
        task: "notifications.slack",
        when: 'action != "no_change"',
        params: { webhook: "${HOOK}", message: "${action} ${scale_to}" },
      };
      return run({ steps: [...spec.steps.slice(0, 2), tell] }, { AGENT_ROLE: role, ...variables }, allowing);
    };

    it.each(SCALED.slice(0, -1))(
      "%s: queue %i, replicas %i of %i to %i",
      async (role, _queue, _now, _least, _most, action, to) => {
        expect((await decide(role)).outcome).toBe("completed");
        expect(received.map(({ body }) => body)).toEqual(to === undefined ? [] : [{ text: `${action} ${to}` }]);
      },
    );

    it("but for what was given", async () => {
      await decide("up-by-two", { max_replicas: 6 });
      expect(received.map(({ body }) => body)).toEqual([{ text: "scale_up 6" }]);
    });

    it("and says so when the row does not have it", async () => {
      const { run: report } = await decide("unmeasured");
      expect(report.operations[1]?.error).toMatchObject({
        code: "WORKFLOW_VALUE_MISSING",
        message: "min_replicas has no value: check-queue-depth was skipped or did not give it.",
      });
    });

    it("and refuses what no row has", async () => {
      const condition = "far = queue_depth > most_replicas";
      const steps = [scaling.steps[0], { name: "decide", task: "provisioning.evaluate", params: { condition } }] as JsonObject[];
      const refused = await run({ steps }, { ROLE: "developer" }).catch((found: unknown) => found as DiagnosticsError);
      expect((refused as DiagnosticsError).diagnostics.map(({ code }) => code)).toEqual(["WORKFLOW_VARIABLE_UNBOUND"]);
    });
  });

  it("says how long is long when it starts, for the terminal's bell", async () => {
    const told = testContext(folder, { workspace, environment, flags: { "notifications.after": 7 } });
    await run({ steps: [{ name: "look", task: "provisioning.evaluate", params: { condition: "done = True" } }] }, {}, told);
    expect(told.events.find(({ type }) => type === "runStarted")).toMatchObject({ longAfterMs: 7_000 });
  });

  it("skips a step whose condition is false, and goes on with what waits for it", async () => {
    const { outcome, run: report } = await run(scaling, { ROLE: "reviewer", most: 6 }, allowing);
    expect([outcome, ...report.operations.map((one) => one.status)]).toEqual([
      "completed",
      "completed",
      "completed",
      "skipped",
      "completed",
    ]);
    expect(received).toEqual([]);
    expect(await outputsOf(report.id)).toContain("tell: skipped by its condition");
  });

  it("binds values: what looks like a part of a query finds nothing", async () => {
    const { outcome, run: report } = await run(scaling, { ROLE: "x' OR '1'='1", most: 6 });
    expect(outcome).toBe("failed");
    expect(report.operations[1]?.error).toMatchObject({
      code: "WORKFLOW_VALUE_MISSING",
      message: "queue_depth has no value: look was skipped or did not give it.",
    });
  });

  it("stores no address of a webhook, and tells none", async () => {
    const told = testContext(folder, { workspace, environment, flags: allowing.flags });
    const { run: report } = await run(scaling, { ROLE: "developer", most: 6 }, told);
    status = 500;
    const failing = {
      steps: [{ ...scaling.steps[2], when: "True", params: { webhook: "${HOOK}", message: "x" }, retry: { max_attempts: 1 } }],
    };
    const failed = await run(failing as JsonObject, {}, told);
    expect(failed.run.operations[0]?.error).toMatchObject({ code: "NOTIFICATION_FAILED", retry: "now" });
    const logs = [await outputsOf(report.id), await outputsOf(failed.run.id), told.events, failed, report];
    expect(JSON.stringify(logs)).not.toContain("secret-part");
  });

  it("does hooks once and only after success; what they do not manage takes nothing back", async () => {
    const hook = { name: "tell", task: "notifications.webhook", params: { webhook: "${HOOK}", message: "done" } };
    const good = { name: "good", task: "provisioning.evaluate", params: { condition: "a = 1" } };
    const bad = { name: "bad", task: "provisioning.evaluate", params: { condition: "assert False" } };
    const first = await run({ steps: [good], on_completion: [hook], rollback_on_failure: true }, {}, allowing);
    expect(received).toMatchObject([{ body: { workflow: "demo", run: first.run.id, infra: "workspace", message: "done" } }]);
    const second = await run({ steps: [good, bad], on_completion: [hook] }, {}, allowing);
    expect(second.outcome).toBe("failed");
    expect(received).toHaveLength(1);
    status = 404;
    const third = await run({ steps: [good], on_completion: [hook], rollback_on_failure: true }, {}, allowing);
    expect(third.run.operations.map((one) => one.status)).toEqual(["completed", "failed"]);
    const fourth = await run({ steps: [good, { ...bad, depends_on: ["good"] }], rollback_on_failure: true });
    expect(fourth.outcome).toBe("rolledBack");
    expect(fourth.run.operations.map((one) => one.status)).toEqual(["compensated", "compensated"]);
  });

  it("can be watched: its events from the beginning or from where one was, without what the steps answered", async () => {
    const step = (name: string, depends_on: string[]) => ({
      name,
      task: "provisioning.evaluate",
      params: { condition: `of_${name} = 41 + 1` },
      outputs: [`of_${name}`],
      depends_on,
    });
    const { run: report } = await run({ steps: [step("a", []), step("b", ["a"])] });
    const all = await invoke("run.events", context, { id: report.id });
    expect(all.operations?.map(({ id, dependsOn }) => [id, dependsOn])).toEqual([
      ["a", []],
      ["b", ["a"]],
    ]);
    expect(all.events.map(({ type }) => type)).toEqual([
      "runClaimed",
      "operationStarted",
      "operationCompleted",
      "operationStarted",
      "operationCompleted",
      "runEnded",
    ]);
    expect(JSON.stringify(all)).not.toContain("42");
    const rest = await invoke("run.events", context, { id: report.id, after: all.next - 2 });
    expect(rest).toEqual({ id: report.id, events: all.events.slice(-2), next: all.next });
    expect(await invoke("run.events", context, { id: report.id, after: all.next })).toMatchObject({ events: [], next: all.next });
  });

  it("is stored and left to others when nobody waits for it", async () => {
    const { outcome, run: report } = await invoke("workflow.run", context, {
      document: document({ steps: [{ name: "a", task: "provisioning.evaluate", params: { condition: "x = 1" } }] }),
      wait: false,
    });
    expect([outcome, report.status]).toEqual(["submitted", "pending"]);
    expect((await invoke("run.resume", context, { id: report.id })).status).toBe("completed");
    expect(await invoke("run.checkpoints", context, { id: report.id })).toEqual([]);
    await expect(invoke("run.rollback", context, { id: report.id })).resolves.toMatchObject({ status: "rolledBack" });
    await expect(invoke("run.retry", context, { id: report.id })).resolves.toMatchObject({ status: "completed" });
  });
});

it("says where a condition cannot be read, and what one looks like", async () => {
  const compiler = await createWorkflowCompiler(await openWorkspaceSession(testContext(folder, { workspace, environment })));
  const condition = "if x:\ny = 1";
  const { problems } = compiler.compile(
    document({ steps: [{ name: "a", task: "provisioning.evaluate", params: { condition } }] }),
    {
      variables: { x: true },
    },
  );
  expect(problems[0]?.summary).toContain("(line 2, column 1)");
  expect(problems[0]?.hint).toContain("x = 1");
});

it("what is sent to a service sees of its environment what the configuration allows", async () => {
  const codes = async (flags: JsonObject) => {
    const compiler = await createWorkflowCompiler(
      await openWorkspaceSession(testContext(folder, { workspace, environment, flags })),
    );
    return compiler.compile(document({ steps: [scaling.steps[2] as JsonObject] }), {
      variables: { action: "x", ROLE: "x", scale_to: 1 },
    }).problems;
  };
  expect(await codes({})).toMatchObject([
    { code: "WORKFLOW_VARIABLE_UNBOUND", summary: expect.stringContaining("HOOK") as string },
  ]);
  expect(await codes({ "workflows.service_environment": "OTHER, HOOK" })).toEqual([]);
  expect(await codes({ "workflows.service_environment": "*" })).toEqual([]);
});

it("what is sent to a service has along what it takes from the environment here, and no secret", async () => {
  const said = { ...environment, ROLE: "me", LIMIT: "007", ACCESS_TOKEN: "hidden", OTHER: "unused" };
  const sent: unknown[] = [];
  const asking = {
    ...testContext(folder, { workspace, environment: said }),
    askService: async (_: string, input: () => Promise<unknown>) => {
      sent.push(await input());
      return { answer: [] };
    },
  };
  const params = { webhook: "${HOOK}", message: "${ROLE} ${LIMIT} ${ACCESS_TOKEN} ${given} ${nobody}" };
  const input = {
    document: document({ steps: [{ name: "tell", task: "notifications.webhook", params }] }),
    variables: { given: 1 },
  };
  for (const name of ["workflow.validate", "workflow.plan", "workflow.run"] as const) await invoke(name, asking, input);
  const variables = { given: 1, ROLE: "me", LIMIT: "007" };
  expect(sent).toEqual([1, 2, 3].map(() => ({ ...input, variables })));
  const broken = { file: "nowhere.yaml" };
  await invoke("workflow.validate", asking, broken);
  expect(sent.at(-1)).toEqual(broken);
});

describe("notifications", () => {
  const hook = (url: string) => ({
    steps: [
      {
        name: "tell",
        task: "notifications.webhook",
        params: { webhook: "env://TARGET", body: { a: 1 } },
        retry: { max_attempts: 1 },
      },
    ],
    url,
  });
  const send = async (url: string, as: JsonObject) => {
    const { url: target, ...spec } = hook(url);
    const told = testContext(folder, { workspace, environment: { ...environment, TARGET: target }, flags: as });
    return (await run(spec, {}, told)).run.operations[0]?.error;
  };

  it.each([
    "http://127.0.0.1/x",
    "http://localhost/x",
    "http://0/x",
    "http://0x7f000001/x",
    "http://2130706433/x",
    "http://169.254.169.254/latest/meta-data",
    "http://10.0.0.1/x",
    "http://[::1]/x",
    "http://[::ffff:127.0.0.1]/x",
    "http://[::ffff:7f00:1]/x",
    "http://[64:ff9b::7f00:1]/x",
    "http://[fe80::1]/x",
    "http://[fd00::1]/x",
  ])("are not sent to %s", async (url) => {
    expect(await send(url, {})).toMatchObject({ code: "NOTIFICATION_ADDRESS_REFUSED", retry: "never" });
    expect(received).toEqual([]);
  });

  it("follow no redirects", async () => {
    status = 302;
    expect(await send(environment.HOOK as string, allowing.flags as JsonObject)).toMatchObject({
      code: "NOTIFICATION_FAILED",
      retry: "never",
    });
    expect(received).toHaveLength(1);
  });

  it.each(["ftp://example.com/x", "hello", "http://user:password@example.com/"])("refuse %s", async (url) => {
    expect(await send(url, {})).toMatchObject({ code: "NOTIFICATION_URL_INVALID" });
  });
});

describe("a file", () => {
  const file = join(workspace, "flow.yaml");
  const problemsOf = async (text: string, variables: JsonObject = {}) => {
    writeFileSync(file, text);
    try {
      await invoke("workflow.validate", context, { file, variables });
      return [];
    } catch (error) {
      if (!(error instanceof DiagnosticsError)) throw error;
      return error.diagnostics.map(({ code, position, sourceLine }) => [
        code,
        `${position?.file ?? ""}:${position?.line ?? 0}:${position?.column ?? 0}`,
        sourceLine?.trim(),
      ]);
    }
  };
  const text = `apiVersion: provisioning/v1
kind: Workflow
spec:
  steps:
    - name: look
      task: provisioning.query
      params:
        query: "SELECT name FROM servers LIMIT 3"
      outputs: [name]
      timeout: 5m
`;

  it("is named after itself, and planned in waves", async () => {
    expect(await problemsOf(text)).toEqual([]);
    const plan = await invoke("workflow.plan", context, { file });
    expect(plan).toMatchObject({ name: "flow", infra: "workspace", waves: [[{ id: "look", items: ["provisioning.query"] }]] });
    expect(await invoke("workflow.validate", context, { file })).toEqual({
      name: "flow",
      infra: "workspace",
      steps: [{ name: "look", task: "provisioning.query", after: [] }],
    });
  });

  it.each<readonly [string, readonly [string, string], readonly (readonly unknown[])[]]>([
    ["a field", ["timeout:", "tiemout:"], [["WORKFLOW_FIELD_UNKNOWN", "flow.yaml:10:7", "tiemout: 5m"]]],
    ["a duration", ["5m", "5 minutes"], [["WORKFLOW_DOCUMENT_INVALID", "flow.yaml:10:7", "timeout: 5 minutes"]]],
    [
      "a parameter",
      ["query:", "qurey:"],
      [
        ["WORKFLOW_PARAMS_INVALID", "flow.yaml:8:9", 'qurey: "SELECT name FROM servers LIMIT 3"'],
        ["WORKFLOW_PARAMS_INVALID", "flow.yaml:8:9", 'qurey: "SELECT name FROM servers LIMIT 3"'],
      ],
    ],
    [
      "a table",
      ["servers", "srevers"],
      [["WORKFLOW_PARAMS_INVALID", "flow.yaml:8:9", 'query: "SELECT name FROM srevers LIMIT 3"']],
    ],
    ["a column", ["[name]", "[nmae]"], [["WORKFLOW_OUTPUT_UNKNOWN", "flow.yaml:9:17", "outputs: [nmae]"]]],
    [
      "an announced task",
      ["provisioning.query", "provisioning.cluster"],
      [["WORKFLOW_TASK_ANNOUNCED", "flow.yaml:6:7", "task: provisioning.cluster"]],
    ],
    [
      "the syntax",
      ["spec:", "spec: ["],
      [["WORKFLOW_DOCUMENT_INVALID", expect.stringMatching(/^flow\.yaml:/) as string, expect.anything()]],
    ],
  ])("with a mistake in %s tells where", async (_what, [good, wrong], expected) => {
    expect(await problemsOf(text.replace(good, wrong))).toEqual(expected);
  });

  it("that is not there is told", async () => {
    await expect(invoke("workflow.validate", context, { file: "nothing.yaml" })).rejects.toMatchObject({
      code: "WORKFLOW_FILE_MISSING",
    });
  });
});

describe("tasks", () => {
  it("are listed with what they take, and with what is not possible yet", async () => {
    const tasks = await invoke("workflow.tasks", context, {});
    expect(tasks.map(({ name }) => name)).toEqual([
      "notifications.slack",
      "notifications.webhook",
      "provisioning.addon",
      "provisioning.cluster",
      "provisioning.configure-ingress",
      "provisioning.deploy-agents",
      "provisioning.deploy-taskservs",
      "provisioning.evaluate",
      "provisioning.health-check",
      "provisioning.query",
      "provisioning.run-migrations",
      "provisioning.scale-taskserv",
    ]);
    for (const { announced, params, output } of tasks)
      expect(announced === undefined).toBe(params !== undefined && output !== undefined);
    await expect(invoke("workflow.tasks", context, { name: "provisioning.qurey" })).rejects.toMatchObject({
      code: "WORKFLOW_TASK_UNKNOWN",
      hint: "Did you mean provisioning.query?",
    });
  });
});
