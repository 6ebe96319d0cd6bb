import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DiagnosticsError } from "@provisioning/model";
import { afterAll, describe, expect, it } from "vitest";
import { evaluateWorkflow, evaluateWorkflowDefinition } from "./evaluate-workflow.js";
import { platformLayout } from "./layout.js";

const platform = platformLayout(fileURLToPath(new URL("../../../", import.meta.url)).replace(/\/$/, ""));
const dir = mkdtempSync(join(tmpdir(), "provisioning-workflow-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function load(text: string, wanted?: string) {
  const file = join(dir, "w.k");
  writeFileSync(file, text);
  return evaluateWorkflow(platform, { file, workspaceDir: dir, ...(wanted === undefined ? {} : { wanted }) });
}

const SMALL = `workflows.WorkflowDef {
    name = "small"
    operations = [
        {
            id = "servers"
            type = "create"
            target = "server"
            items = ["web", "db"]
        }
    ]
}`;

it("a list in a workflow that is sent takes the place of the default", async () => {
  const operations = [{ id: "a", type: "create", target: "server", items: ["web"] }];
  const sent = { name: "sent", operations, logging: { destinations: ["stdout"] } };
  expect(await evaluateWorkflowDefinition(platform, sent, dir)).toMatchObject({ logging: { destinations: ["stdout"] } });
});

describe("the workflow of a file", () => {
  it("has every default, and the place of what was written", async () => {
    const workflow = await load(`import workflows\n\ndeploy = ${SMALL}\n`);
    expect(workflow).toMatchObject({
      name: "small",
      order: "batch",
      providerAgnostic: true,
      operations: [
        {
          id: "servers",
          verb: "create",
          target: "server",
          providers: [],
          dependsOn: [],
          parallel: true,
          timeoutMs: 300_000,
          onFailure: "rollback",
        },
      ],
      dependencies: [],
      rollback: { enabled: true, onPartialFailure: true, checkpointInterval: 5, preserveSuccessful: false },
      retry: { maxAttempts: 3, backoff: "exponential", initialDelayMs: 5_000, maxDelayMs: 300_000 },
      logging: { level: "info", destinations: ["file", "stdout"], format: "json", retentionDays: 30, path: "./logs/workflows" },
      monitoring: { enabled: true, metricsEndpoint: "/metrics", stateStore: "rkvs", checkpointFrequencyMs: 10_000 },
      templates: [],
    });
    expect(workflow.secrets).toBeUndefined();
    expect(workflow.parallelLimit).toBeUndefined();
    const [operation] = workflow.operations;
    expect(operation?.position).toMatchObject({ file: "w.k", line: 6 });
    expect(operation?.positions["items.1"] ?? operation?.positions.items).toMatchObject({ file: "w.k", line: 10 });
  });

  it("is found by the name of its variable or its own when there are several", async () => {
    const text = `import provisioning.workflows\n\none = ${SMALL}\ntwo = ${SMALL.replace('"small"', '"other"')}\n`;
    expect((await load(text, "two")).name).toBe("other");
    expect((await load(text, "other")).name).toBe("other");
    await expect(load(text)).rejects.toMatchObject({
      code: "WORKFLOW_AMBIGUOUS",
      message: expect.stringContaining('two ("other")') as string,
    });
    await expect(load(text, "othr")).rejects.toMatchObject({ code: "WORKFLOW_UNKNOWN", hint: "Did you mean other?" });
  });

  it("may be written for clusters in regions, with bare names", async () => {
    const workflow = await load(
      'w: BatchWorkflow = {operations = [{id = "eu", type = "cluster", region = "eu-west-1", cluster = "app"}], parallel_limit = 3}\n',
    );
    expect(workflow).toMatchObject({
      parallelLimit: 3,
      operations: [{ verb: "create", target: "cluster", region: "eu-west-1", items: ["app"] }],
    });
  });

  it.each(["workflows.k", "workflows/deploy.k"])("may lie in %s, where it would import itself", async (name) => {
    const file = join(dir, name);
    mkdirSync(join(dir, "workflows"), { recursive: true });
    writeFileSync(join(dir, "kcl.mod"), "");
    writeFileSync(file, `import workflows\n\ndeploy = ${SMALL}\n`);
    expect((await evaluateWorkflow(platform, { file, workspaceDir: dir })).name).toBe("small");
    for (const left of ["kcl.mod", "workflows.k", "workflows"]) rmSync(join(dir, left), { recursive: true, force: true });
  });

  it("is missing, and that is said", async () => {
    await expect(load("a = 1\n")).rejects.toMatchObject({ code: "WORKFLOW_NONE" });
    const file = join(dir, "nothing.k");
    await expect(evaluateWorkflow(platform, { file, workspaceDir: dir })).rejects.toMatchObject({
      code: "WORKFLOW_FILE_MISSING",
    });
  });

  it("is refused with the place of what is wrong", async () => {
    const wrong = load(`import workflows\n\ndeploy = ${SMALL.replace('name = "small"', "")}\n`);
    await expect(wrong).rejects.toThrow(DiagnosticsError);
    await expect(wrong).rejects.toThrow("name");
    const twice = load(`import workflows\n\ndeploy = ${SMALL.replace('["web", "db"]', '["web", "web"]')}\n`);
    await expect(twice).rejects.toMatchObject({
      diagnostics: [{ position: { file: "w.k" }, summary: expect.stringContaining("named twice") as string }],
    });
  });
});
