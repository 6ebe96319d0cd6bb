/** Workflow documents: what is read, what is refused and with which words, what becomes of them. */

import { DEFAULT_RETRY, infraName, type Json, type JsonObject, newRunId, textOf } from "@provisioning/model";
import { describe, expect, it } from "vitest";
import { compileWorkflow, readWorkflowDocument, type TaskRules, type WorkflowScope } from "../index.js";
import { substitute } from "./placeholders.js";

const task = (rules: Partial<TaskRules> = {}): TaskRules => ({
  programs: [],
  secrets: [],
  isExclusive: false,
  check: () => [],
  needs: () => [],
  gives: () => undefined,
  ...rules,
});
const TASKS: Readonly<Record<string, TaskRules>> = {
  "test.echo": task(),
  "test.query": task({ programs: ["query"], needs: ({ query }) => textOf(query).split(" "), gives: () => ["depth"] }),
  "test.row": task({ gives: () => ["depth"], offers: () => ["depth", "most", "least"] }),
  "test.post": task({ secrets: ["webhook"] }),
  "test.deploy": task({ isExclusive: true }),
  "test.soon": task({ announced: "there are no clusters yet." }),
  "test.strict": task({ check: () => [{ path: ["size"], summary: "size is wrong" }] }),
};
const scope = (changes: Partial<WorkflowScope> = {}): WorkflowScope => ({
  infra: infraName("shop"),
  task: (name) => TASKS[name],
  knownTasks: Object.keys(TASKS),
  variables: {},
  isInEnvironment: (name) => name === "HOOK",
  isSecretReference: (value) => typeof value === "string" && value.startsWith("env://"),
  namesIn: (text) => (text.includes("$") ? "no $ here" : [...text.matchAll(/[a-z_]+/g)].map(([name]) => name)),
  defaults: { timeoutMs: 300_000, retry: DEFAULT_RETRY, parallelLimit: 4, priority: 0 },
  ...changes,
});
const document = (spec: JsonObject, changes: JsonObject = {}): Json => ({
  apiVersion: "provisioning/v1",
  kind: "Workflow",
  metadata: { name: "demo", namespace: "shop-system" },
  spec,
  ...changes,
});
const compile = (value: Json, changes: Partial<WorkflowScope> = {}) => {
  const read = readWorkflowDocument(value);
  return compileWorkflow(read.document, scope(changes), { problems: read.problems });
};
const codes = (value: Json, changes: Partial<WorkflowScope> = {}) =>
  compile(value, changes).problems.map(({ code, detail }) => `${code} ${detail ?? ""}`);
const steps = (...list: readonly JsonObject[]) => document({ steps: list });

describe("what nothing gives", () => {
  const look = { name: "look", task: "test.row", params: {}, outputs: ["depth"] };
  const use = (text: string, more: JsonObject = {}) => ({ name: "use", task: "test.echo", params: { text }, ...more });

  it.each([
    ["a step whose value is used", [look, use("${depth} ${most}")], ["depth", "most"]],
    ["a step that is waited for", [look, use("${most} ${least}", { depends_on: ["look"] })], ["depth", "most", "least"]],
  ])("comes from %s when it has it", (_, list, outputs) => {
    const { problems, operations } = compile(steps(...list));
    expect(problems).toEqual([]);
    expect(operations[0]?.input.outputs).toEqual(outputs);
    expect(operations[1]?.input.from).toMatchObject({ most: "look" });
  });

  it.each([
    ["a step that it does not wait for", [look, use("${most}")]],
    ["one of two steps", [look, { ...look, name: "other", outputs: [] }, use("${most}", { depends_on: ["look", "other"] })]],
    ["a step that has something else", [look, use("${depth} ${mist}")]],
  ])("does not come from %s", (_, list) => {
    expect(codes(steps(...(list as JsonObject[])))).toEqual([expect.stringContaining("WORKFLOW_VARIABLE_UNBOUND")]);
  });

  it("but is given stays what was given", () => {
    const { problems, operations } = compile(steps(look, use("${depth} ${most}")), { variables: { most: 3 } });
    expect(problems).toEqual([]);
    expect([operations[0]?.input.outputs, operations[1]?.input.variables]).toEqual([["depth"], { most: 3 }]);
  });
});

describe("a workflow document", () => {
  it("becomes a run", () => {
    const compiled = compile(
      document({
        description: "for the test",
        parallel_limit: 2,
        rollback_on_failure: true,
        steps: [
          { name: "look", task: "test.query", params: { query: "ROLE" }, outputs: ["depth"], timeout: "1h30m" },
          { name: "stop", task: "test.echo", params: { text: "at ${depth}" }, when: "depth", on_failure: "abort" },
          { name: "act", task: "test.deploy", depends_on: ["look"], retry: { max_attempts: 1 } },
        ],
        on_completion: [{ name: "tell", task: "test.post", params: { webhook: "${HOOK}" } }],
      }),
      { variables: { ROLE: "db" } },
    );
    expect(compiled.problems).toEqual([]);
    const run = compiled.run(newRunId(), 5);
    expect(run).toMatchObject({
      name: "demo",
      infra: "shop",
      parallelLimit: 2,
      createdAt: 5,
      labels: { purpose: "workflow", workflow: "demo", namespace: "shop-system" },
    });
    const [look, stop, act, tell] = run.operations;
    expect(look).toMatchObject({
      id: "look",
      action: "task.test.query",
      timeoutMs: 5_400_000,
      onFailure: "rollback",
      retry: DEFAULT_RETRY,
      input: { task: "test.query", params: { query: "ROLE" }, outputs: ["depth"], variables: { ROLE: "db" } },
      dependsOn: [],
    });
    expect(stop).toMatchObject({ onFailure: "fail", timeoutMs: 300_000, dependsOn: [{ on: "look", type: "hard" }] });
    expect(stop?.input).toEqual({ task: "test.echo", params: { text: "at ${depth}" }, when: "depth", from: { depth: "look" } });
    expect(act).toMatchObject({ lane: "workflow/shop", retry: { ...DEFAULT_RETRY, maxAttempts: 1 } });
    expect(tell).toMatchObject({ onFailure: "continue", input: { environment: ["HOOK"] } });
    expect(tell?.dependsOn.map(({ on }) => on)).toEqual(["look", "stop", "act"]);
  });

  it("has a name of its own when it says none", () => {
    const value = { apiVersion: "provisioning/v1", kind: "Workflow", spec: { steps: [{ name: "a", task: "test.echo" }] } };
    expect(readWorkflowDocument(value, { defaultName: "scale-agents" })).toMatchObject({
      document: { name: "scale-agents" },
      problems: [],
    });
  });

  const a = { name: "a", task: "test.echo" };
  it.each<readonly [string, Json, readonly string[]]>([
    ["a text", "hello", ["WORKFLOW_DOCUMENT_INVALID At the top."]],
    ["another kind", document({ steps: [a] }, { kind: "Pod" }), ["WORKFLOW_DOCUMENT_INVALID At kind."]],
    ["no version", document({ steps: [a] }, { apiVersion: "v1" }), ["WORKFLOW_DOCUMENT_INVALID At apiVersion."]],
    ["no steps", document({}), ["WORKFLOW_DOCUMENT_INVALID At spec."]],
    ["steps that are no list", document({ steps: "a" }), ["WORKFLOW_DOCUMENT_INVALID At spec.steps."]],
    ["a bad name", steps({ ...a, name: "A b" }), ["WORKFLOW_DOCUMENT_INVALID At spec.steps[0].name."]],
    ["no name", steps({ task: "test.echo" }), ["WORKFLOW_DOCUMENT_INVALID At spec.steps[0]."]],
    ["a duration in words", steps({ ...a, timeout: "5 minutes" }), ["WORKFLOW_DOCUMENT_INVALID At spec.steps[0].timeout."]],
    ["a number of seconds", steps({ ...a, timeout: 300 }), ["WORKFLOW_DOCUMENT_INVALID At spec.steps[0].timeout."]],
    ["no time", steps({ ...a, timeout: "0s" }), ["WORKFLOW_DOCUMENT_INVALID At spec.steps[0].timeout."]],
    [
      "an unknown answer to failure",
      steps({ ...a, on_failure: "ignore" }),
      ["WORKFLOW_DOCUMENT_INVALID At spec.steps[0].on_failure."],
    ],
    ["an unknown field", steps({ ...a, dependson: ["b"] }), ["WORKFLOW_FIELD_UNKNOWN At spec.steps[0].dependson."]],
    ["an unknown task", steps({ ...a, task: "test.ecko" }), ["WORKFLOW_TASK_UNKNOWN At spec.steps[0].task."]],
    ["an announced task", steps({ ...a, task: "test.soon" }), ["WORKFLOW_TASK_ANNOUNCED At spec.steps[0].task."]],
    ["wrong parameters", steps({ ...a, task: "test.strict" }), ["WORKFLOW_PARAMS_INVALID At spec.steps[0].params.size."]],
    ["an unknown step", steps({ ...a, depends_on: ["b"] }), ["WORKFLOW_STEP_UNKNOWN At spec.steps[0].depends_on[0]."]],
    ["a name twice", steps(a, a), ["WORKFLOW_STEP_TWICE At spec.steps[1].name."]],
    ["a value from nowhere", steps({ ...a, params: { x: "${NO}" } }), ["WORKFLOW_VARIABLE_UNBOUND At spec.steps[0]."]],
    ["half a placeholder", steps({ ...a, params: { x: "${NO" } }), ["WORKFLOW_PARAMS_INVALID At spec.steps[0].params."]],
    ["a bad condition", steps({ ...a, when: "${HOOK}" }), ["WORKFLOW_CONDITION_INVALID At spec.steps[0].when."]],
    [
      "an output that is not given",
      steps({ ...a, task: "test.query", params: { query: "HOOK" }, outputs: ["dept"] }),
      ["WORKFLOW_OUTPUT_UNKNOWN At spec.steps[0].outputs[0]."],
    ],
    [
      "an output of two steps",
      steps({ ...a, outputs: ["x"] }, { ...a, name: "b", outputs: ["x"] }),
      ["WORKFLOW_OUTPUT_TWICE At spec.steps[1].outputs[0]."],
    ],
    [
      "a secret that is written out",
      steps({ ...a, task: "test.post", params: { webhook: "https://example.com/key" } }),
      ["WORKFLOW_SECRET_GIVEN At spec.steps[0].params.webhook."],
    ],
    [
      "parameters nested without end",
      steps({ ...a, params: { x: JSON.parse(`${"[".repeat(50_000)}${"]".repeat(50_000)}`) as Json } }),
      ["WORKFLOW_DOCUMENT_INVALID At spec.steps[0].params."],
    ],
    [
      "several at once",
      steps({ ...a, timeout: "x", depends_on: ["c"] }, { name: "b", task: "nothing", wehn: "x" }),
      [
        "WORKFLOW_DOCUMENT_INVALID At spec.steps[0].timeout.",
        "WORKFLOW_FIELD_UNKNOWN At spec.steps[1].wehn.",
        "WORKFLOW_STEP_UNKNOWN At spec.steps[0].depends_on[0].",
        "WORKFLOW_TASK_UNKNOWN At spec.steps[1].task.",
      ],
    ],
  ])("with %s is refused", (_what, value, expected) => {
    expect(codes(value)).toEqual(expected);
  });

  it("tells the nearest name and the path of a cycle", () => {
    const { problems } = compile(
      steps(
        { ...a, depends_on: ["c"] },
        { ...a, name: "b", depends_on: ["a"], outputs: ["found"] },
        { ...a, name: "c", params: { x: "${found}" } },
        { ...a, name: "e", task: "test.ecko", dependson: [] },
      ),
    );
    expect(problems.map(({ hint, summary }) => [summary, hint])).toEqual([
      ['"dependson" is no field of steps of a workflow.', "Did you mean depends_on?"],
      ['There is no task "test.ecko".', "Did you mean test.echo?"],
      ["These steps wait for each other: a → c → b → a.", expect.any(String)],
    ]);
  });

  it("refuses values that nothing uses and secrets that are given as values", () => {
    const post = (webhook: string) => steps({ ...a, task: "test.post", params: { webhook } });
    expect(codes(steps(a), { variables: { ROEL: "x" } })).toEqual(["WORKFLOW_VARIABLE_UNUSED At spec."]);
    expect(codes(post("${URL}"), { variables: { URL: "https://example.com/key" } })).toEqual([
      "WORKFLOW_SECRET_GIVEN At spec.steps[0].params.webhook.",
    ]);
    expect(codes(post("${URL}"), { variables: { URL: "env://KEY" } })).toEqual([]);
    expect(codes(post("env://KEY"))).toEqual([]);
  });

  it.each([
    ["a secret, here", "test.post", false, "export NONE=…"],
    [
      "a secret, in a service",
      "test.post",
      true,
      "start the service with NONE in its environment, and name it in workflows.service_environment",
    ],
    ["a value, here", "test.echo", false, "--var NONE=VALUE"],
    ["a value, in a service", "test.echo", true, "--var NONE=VALUE"],
  ])("says how %s, is given", (_, task, isServed, hint) => {
    const [problem] = compile(steps({ ...a, task, params: { webhook: "${NONE}" } }), { isServed }).problems;
    expect(problem).toMatchObject({ code: "WORKFLOW_VARIABLE_UNBOUND", hint: expect.stringContaining(hint) as string });
    expect(problem?.hint?.includes("service")).toBe(isServed);
  });

  it("keeps a chain of many steps linear", () => {
    const list = Array.from({ length: 10_000 }, (_, index) => ({
      name: `s${index}`,
      task: "test.echo",
      ...(index === 0 ? {} : { depends_on: [`s${index - 1}`] }),
    }));
    expect(compile(steps(...list)).problems).toEqual([]);
    expect(codes(steps(...list, a))).toEqual(["WORKFLOW_DOCUMENT_INVALID At spec.steps."]);
  });
});

describe("placeholders", () => {
  const values: Readonly<Record<string, Json>> = { N: 3, T: "a ${N}", L: [1, 2], B: false };
  it.each<readonly [Json, Json]>([
    ["${N}", 3],
    ["n-${N}", "n-3"],
    ["${T}", "a ${N}"],
    ["${T}!", "a ${N}!"],
    ["$${N} ${N}", "${N} 3"],
    ["${L}", [1, 2]],
    ["${L}${B}", "[1,2]false"],
    [{ a: ["${B}", 1, null] }, { a: [false, 1, null] }],
  ])("turns %j into %j", (text, value) => {
    expect(substitute(text, (name) => values[name] as Json)).toEqual(value);
  });
});
