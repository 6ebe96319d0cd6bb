/**
 * The KCL of the specification: every block loads as it is written there, indentation restored, and means what the text around it says.
 * The documents are not part of the product; without them these tests are skipped.
 */

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadProgram, renderDiagnostics, runProgram } from "@provisioning/kcl-lang";
import { afterAll, describe, expect, it } from "vitest";
import { definitionInput } from "./definition-input.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const folder = join(root, "..", "shared", "spec");
const documents = existsSync(folder)
  ? readdirSync(folder)
      .filter((name) => name.endsWith(".txt"))
      .sort()
      .map((name) => readFileSync(join(folder, name), "utf8"))
  : [];
const scratch = mkdtempSync(join(tmpdir(), "provisioning-specification-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** The lines from the one that matches `first` to the last one before `end` matches. */
function block(first: RegExp, end: RegExp): string {
  for (const text of documents) {
    const lines = text.split("\n");
    const from = lines.findIndex((line) => first.test(line));
    if (from < 0) continue;
    const to = lines.findIndex((line, index) => index > from && end.test(line));
    return `${lines.slice(from, to < 0 ? undefined : to).join("\n")}\n`;
  }
  throw new Error(`no block begins with ${String(first)}`);
}

/** The fenced block below a heading. */
function fenced(heading: RegExp): string {
  return block(heading, /^```$/).split(/^```kcl$/m)[1] ?? "";
}

/** Bodies of schemas lost their indentation; inside brackets it means nothing. */
function indented(text: string): string {
  let isInside = false;
  return text
    .split("\n")
    .map((line) => {
      if (/^schema \w+:/.test(line)) {
        isInside = true;
        return line;
      }
      return isInside && line !== "" ? `    ${line}` : line;
    })
    .join("\n");
}

function evaluate(text: string): Record<string, unknown> {
  const file = join(scratch, "main.k");
  writeFileSync(file, text);
  const loaded = loadProgram(definitionInput(join(root, "kcl"), [file]));
  if (!loaded.ok) throw new Error(renderDiagnostics(loaded.diagnostics));
  const ran = runProgram(loaded.program, {});
  if (!ran.ok) throw new Error(renderDiagnostics(ran.diagnostics));
  return ran.value as Record<string, unknown>;
}

describe.skipIf(documents.length === 0)("KCL of the specification (skipped without ../shared/spec)", () => {
  it("describes the cluster of a product", () => {
    const { cluster } = evaluate(fenced(/^### 1\. Cluster Definition/));
    expect(cluster).toMatchObject({
      name: "vapora-cluster",
      version: "1.30",
      network: { cni: "cilium", serviceMesh: "istio", ingressController: "istio-gateway" },
      storage: { provider: "rook-ceph", replication_factor: 3, storage_classes: [{ name: "ssd" }, { name: "hdd" }] },
      addons: ["metrics-server", "prometheus", "grafana"],
    });
    const { nodes } = cluster as { nodes: { role: string; count: number; labels: Record<string, string> }[] };
    expect(nodes.map((node) => node.role)).toEqual(["control-plane", "worker", "worker"]);
    // Eleven nodes: three for control, five for agents, three for data.
    expect(nodes.reduce((sum, node) => sum + node.count, 0)).toBe(11);
    expect(nodes.map((node) => node.labels.workload)).toEqual([undefined, "agents", "data"]);
  });

  it("describes the services of a product", () => {
    const { services } = evaluate(fenced(/^### 2\. Services Definition/)) as { services: Record<string, unknown>[] };
    expect(services.map(({ name, port, replicas }) => [name, port, replicas])).toEqual([
      ["vapora-backend", 8080, 3],
      ["vapora-frontend", 3000, 2],
      ["vapora-agents", 8089, 3],
      ["vapora-mcp-gateway", 8888, 2],
      ["vapora-llm-router", 8899, 2],
    ]);
    expect(services[2]).toMatchObject({ hpa: { min_replicas: 3, max_replicas: 20, target_cpu: "70" } });
    expect(services[4]?.env).toHaveLength(3);
  });

  it("describes the storage of a product", () => {
    const { storage } = evaluate(fenced(/^### 3\. Storage Definition/));
    const volume = (size: string, storage_class: string) => ({ size, storage_class });
    expect(storage).toMatchObject({
      surrealdb: { replicas: 3, image: "surrealdb/surrealdb:1.8", port: 8000, storage: volume("50Gi", "rook-ceph") },
      redis: { replicas: 1, image: "redis:7-alpine", port: 6379, storage: volume("20Gi", "ssd") },
      nats: { replicas: 3, image: "nats:2.10-scratch", port: 4222, storage: volume("30Gi", "rook-ceph") },
    });
  });

  it("describes pools of agents", () => {
    const { agents } = evaluate(fenced(/^### 4\. Agent Pools/)) as { agents: Record<string, Record<string, unknown>> };
    expect(Object.keys(agents)).toEqual(["architect", "developer", "reviewer"]);
    expect(agents.developer).toMatchObject({
      replicas: 5,
      hpa: { min_replicas: 5, max_replicas: 20, target_queue_depth: 10 },
      container: { image: "vapora/agents:developer-0.1.0", resources: { cpu: "4", memory: "8Gi" } },
    });
  });

  it("has schemas of workflows that say the same as ours", () => {
    const written = indented(block(/^schema WorkflowDef:/, /^2\. Infrastructure/));
    // The two that the text names and does not write out.
    const missing = "schema SecretProvider:\n    provider: str\nschema TelemetryConfig:\n    enabled: bool = False\n";
    const names = ["RollbackStrategy", "RetryPolicy", "LoggingConfig"];
    const theirs = evaluate(
      `${written}\n${missing}${names.map((name) => `_${name} = ${name} {}\n${name.toLowerCase()} = _${name}`).join("\n")}\n`,
    );
    const ours = evaluate(
      `import workflows\n${names.map((name) => `${name.toLowerCase()} = workflows.${name} {}`).join("\n")}\n`,
    );
    expect(ours).toEqual(theirs);
    const operation = '{id = "a", type = "create", target = "server", items = ["x"], depends_on = []}';
    expect(evaluate(`import workflows\no = workflows.OperationDef ${operation}\n`)).toEqual(
      evaluate(`${written}\n${missing}o = OperationDef ${operation}\n`),
    );
    const monitoring = evaluate(`${written}\n${missing}m = MonitoringConfig {telemetry = {}}\n`).m as object;
    expect(evaluate("import workflows\nm = workflows.MonitoringConfig {}\n").m).toMatchObject({
      ...monitoring,
      telemetry: { enabled: false },
    });
  });

  it("submits a batch of four phases", () => {
    const { batch_create_infrastructure: batch } = evaluate(block(/^import workflows$/, /^3\. Provider/));
    const operations = [
      {
        id: "create-servers",
        target: "server",
        items: ["wuji-cp-0", "wuji-strg-0", "wuji-worker-0"],
        depends_on: [],
        parallel: true,
      },
      { id: "install-base", target: "taskserv", items: ["os", "resolv", "containerd"], depends_on: ["create-servers"] },
      { id: "install-k8s", items: ["kubernetes"], depends_on: ["install-base"], timeout: 300, on_failure: "rollback" },
      { id: "install-cluster", items: ["rook-ceph", "external-nfs", "cilium"], depends_on: ["install-k8s"], parallel: true },
    ];
    expect(batch).toMatchObject({
      name: "wuji-full-deployment",
      type: "batch",
      operations,
      rollback_strategy: { enabled: true, on_partial_failure: true, checkpoint_interval: 2, preserve_successful: false },
      retry_policy: { max_attempts: 3, backoff: "exponential", initial_delay: 5, max_delay: 300 },
      secrets: { provider: "sops", sops_config: { age_key_file: "~/.config/sops/age/keys.txt" } },
    });
  });

  it("declares what a provider and a taskserv need, as our schemas do", () => {
    const provider = indented(block(/^schema ProviderDependencies:/, /^Taskserv Dependencies/));
    expect(evaluate("import workflows\nd = workflows.ProviderDependencies {}\n")).toEqual(
      evaluate(`${provider}\nd = ProviderDependencies {}\n`),
    );
    const taskserv = indented(block(/^schema TaskservDependencies:/, /^4\. Orchestrator/));
    const { d } = evaluate(`${taskserv}\nd = TaskservDependencies {}\n`);
    expect(d).toEqual({
      requires: ["containerd", "resolv"],
      conflicts_with: ["docker"],
      minimum_resources: { cpu: 2, memory: 4096, disk: 20 },
      health_check: { command: "kubectl get nodes", timeout: 60, retries: 5 },
    });
    expect(evaluate(`import workflows\nd = workflows.TaskservDependencies ${JSON.stringify(d)}\n`)).toEqual({ d });
  });

  it("describes one server, whatever the provider", () => {
    const text = block(/^server: Server \{/, /^2\. Dependency/);
    expect(evaluate(text)).toMatchObject({ server: { name: "web-01", plan: "medium", provider: "upcloud" } });
  });

  it("asks for one taskserv", () => {
    expect(evaluate(block(/^taskservs = \["cilium"\]/, /^$/))).toEqual({ taskservs: ["cilium"] });
  });

  it("describes an infra with three servers", () => {
    expect(evaluate(block(/^import provisioning\.settings as cfg/, /^Step 2/))).toMatchObject({
      settings: {
        infra: { name: "my-cluster", provider: "upcloud" },
        servers: [
          { name: "control-01", plan: "medium", role: "control" },
          { name: "worker-01", plan: "large", role: "worker" },
          { name: "worker-02", plan: "large", role: "worker" },
        ],
        taskservs: ["kubernetes", "cilium", "rook-ceph"],
      },
    });
  });

  it("deploys to three regions at once", () => {
    const { batch_workflow: batch } = evaluate(block(/^batch_workflow: BatchWorkflow/, /^provisioning batch/)) as {
      batch_workflow: { operations: Record<string, unknown>[]; parallel_limit: number };
    };
    expect(batch.parallel_limit).toBe(3);
    expect(batch.operations.map(({ id, type, region, cluster }) => [id, type, region, cluster])).toEqual([
      ["eu-cluster", "cluster", "eu-west-1", "app-stack"],
      ["us-cluster", "cluster", "us-east-1", "app-stack"],
      ["asia-cluster", "cluster", "ap-south-1", "app-stack"],
    ]);
  });
});
