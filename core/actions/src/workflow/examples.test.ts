/** The workflows of the example, as they are read. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readDataFile } from "@provisioning/kcl-lang";
import { readWorkflowDocument } from "@provisioning/planner";
import { describe, expect, it } from "vitest";
import { plainJson } from "../kcl/plain-json.js";
import { readDocumentFile } from "./read-file.js";

const folder = fileURLToPath(new URL("../../../../examples/vapora", import.meta.url));
const read = async (name: string) => {
  const { value, places, defaultName } = await readDocumentFile(`${folder}/workflows/${name}`, folder);
  return readWorkflowDocument(value, { places, defaultName });
};

const MINUTE = 60_000;

describe("the workflows of the example", () => {
  it("deploy the full stack in nine steps and a hook", async () => {
    const { document, problems } = await read("deploy-full-stack.yaml");
    expect(problems).toEqual([]);
    expect(document).toMatchObject({
      name: "deploy-vapora-full-stack",
      namespace: "vapora-system",
      description: "Deploy complete VAPORA stack from scratch",
      rollbackOnFailure: true,
    });
    expect(
      document.steps.map(({ name, task, timeoutMs, onFailure, dependsOn }) => [name, task, timeoutMs, onFailure, dependsOn]),
    ).toEqual([
      ["create-cluster", "provisioning.cluster", 60 * MINUTE, "fail", []],
      ["install-addons", "provisioning.addon", 30 * MINUTE, undefined, ["create-cluster"]],
      ["deploy-data", "provisioning.deploy-taskservs", 30 * MINUTE, undefined, ["install-addons"]],
      ["deploy-core", "provisioning.deploy-taskservs", 30 * MINUTE, undefined, ["deploy-data"]],
      ["deploy-frontend", "provisioning.deploy-taskservs", 15 * MINUTE, undefined, ["deploy-core"]],
      ["deploy-agents", "provisioning.deploy-agents", 30 * MINUTE, undefined, ["deploy-core"]],
      ["health-check", "provisioning.health-check", 5 * MINUTE, "rollback", ["deploy-agents", "deploy-frontend"]],
      ["init-database", "provisioning.run-migrations", 10 * MINUTE, undefined, ["health-check"]],
      ["configure-ingress", "provisioning.configure-ingress", 10 * MINUTE, undefined, ["init-database"]],
    ]);
    const params = document.steps.map((step) => step.params);
    expect(params[0]).toEqual({ config: "kcl/cluster.k" });
    expect(params[1]).toEqual({ addons: ["istio", "prometheus", "rook-ceph"] });
    expect(params[5]).toMatchObject({ initial_replicas: { architect: 2, developer: 5 } });
    expect(params[7]).toEqual({ sql_files: ["migrations/*.surql"] });
    expect(params[8]).toEqual({ gateway: "istio-gateway", hosts: ["vapora.example.com"] });
    expect(document.onCompletion).toMatchObject([
      {
        name: "notify-slack",
        task: "notifications.slack",
        params: { webhook: "${SLACK_WEBHOOK}", message: "VAPORA deployment completed successfully!" },
      },
    ]);
  });

  it("scale agents in three steps, named after their file", async () => {
    const { document, problems } = await read("scale-agents.yaml");
    expect(problems).toEqual([]);
    expect(document.name).toBe("scale-agents");
    expect(document.steps).toMatchObject([
      { name: "check-queue-depth", outputs: ["queue_depth"] },
      { name: "decide-scaling", outputs: ["action", "scale_to"] },
      {
        name: "execute-scaling",
        when: 'action != "no_change"',
        params: { taskserv: "vapora-agents-${AGENT_ROLE}", replicas: "${scale_to}" },
        timeoutMs: 5 * MINUTE,
      },
    ]);
  });

  it("of the documentation are read as well", () => {
    const page = readFileSync(new URL("../../../../docs/user/how-to/run-a-yaml-workflow.md", import.meta.url), "utf8");
    const [, text = ""] = /```yaml\n(.*?)```/s.exec(page) ?? [];
    const { document, problems } = readWorkflowDocument(plainJson(readDataFile("page.yaml", text).documents[0]?.value ?? null));
    expect(problems).toEqual([]);
    expect(document.steps.map(({ name }) => name)).toEqual(["look", "decide", "advise"]);
  });
});
