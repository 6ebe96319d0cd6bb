/** The example with one cluster in three regions: it loads, and says what is not possible yet. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { DiagnosticsError } from "@provisioning/model";
import { evaluateWorkflow } from "@provisioning/workspace";
import { afterAll, beforeAll, expect, it } from "vitest";
import { invoke } from "../invoke.js";
import { testContext } from "../testing/test-context.js";

const example = fileURLToPath(new URL("../../../../examples/multi-region", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "provisioning-regions-"));
const workspace = join(folder, "regions");
const context = testContext(folder, { workspace });
const FILE = "workflows/multi-region.k";

beforeAll(async () => {
  await invoke("workspace.create", testContext(folder), { name: "regions", dir: workspace, from: example });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("the workflow has a cluster in each of three regions", async () => {
  const { operations, parallelLimit } = await evaluateWorkflow(context.platform, {
    file: join(workspace, FILE),
    workspaceDir: workspace,
  });
  expect(parallelLimit).toBe(3);
  expect(operations.map(({ id, target, region, items }) => [id, target, region, items])).toEqual([
    ["eu-cluster", "cluster", "eu-west-1", ["app-stack"]],
    ["us-cluster", "cluster", "us-east-1", ["app-stack"]],
    ["asia-cluster", "cluster", "ap-south-1", ["app-stack"]],
  ]);
});

it("whole clusters are refused by name, each at its place, and nothing else", async () => {
  const error = await invoke("batch.validate", context, { file: FILE }).catch((found: unknown) => found as DiagnosticsError);
  const problems = (error as DiagnosticsError).diagnostics.map(({ code, summary, position }) => [code, summary, position?.line]);
  expect(problems).toEqual([
    ["BATCH_UNSUPPORTED", "eu-cluster works on whole clusters, which is not possible yet.", 10],
    ["BATCH_UNSUPPORTED", "us-cluster works on whole clusters, which is not possible yet.", 16],
    ["BATCH_UNSUPPORTED", "asia-cluster works on whole clusters, which is not possible yet.", 22],
  ]);
});
