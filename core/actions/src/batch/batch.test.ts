/** Workflows as people write them, from the file to what would be done; nothing is looked at and nothing changed. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DiagnosticsError } from "@provisioning/model";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { invoke } from "../invoke.js";
import { testContext } from "../testing/test-context.js";

const example = fileURLToPath(new URL("../../../../examples/wuji", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "provisioning-batch-"));
const workspace = join(folder, "wuji");
const context = testContext(folder, { workspace });
const FILE = "workflows/full-deployment.k";

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
    expect({ name, infra, operations }).toEqual({ name: "wuji-full-deployment", infra: "wuji", operations: 4 });
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

  it("says what is wrong with a wait condition", async () => {
    const dependency = 'dependencies = [{source = "taskserv.redis", target = "taskserv.nginx", wait_condition = "otputs[0] &&"}]';
    const [problem, ...others] = await problemsOf((text) =>
      text.replace("    retry_policy", `    ${dependency}\n\n    retry_policy`),
    );
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ code: "BATCH_CONDITION_INVALID" });
  });
});
