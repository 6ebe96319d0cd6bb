/** `batch submit` where a service runs: it begins the run and says how to follow it, or follows it; what a file does not take is refused. */

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ApplyResult, RunReport, WorkflowRunResult } from "@provisioning/actions";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fixture, makeWorkspace, obstacle, type TestWorkspace } from "./support/platform.js";

const batch = (name: string, verb: string) => `import workflows

${name} = workflows.WorkflowDef {
    name = "${name}"
    operations = [{id = "server", type = "${verb}", target = "server", items = ["one"]}]
}
`;

const THINK = `apiVersion: provisioning/v1
kind: Workflow
metadata: {name: think}
spec:
  steps:
    - {name: think, task: provisioning.evaluate, params: {condition: "x = 6 * 7"}}
`;

const FILES = { "create.k": batch("create", "create"), "remove.k": batch("remove", "delete"), "think.yaml": THINK };

/** Of a document this command prints what `workflow run` prints. */
const documentRun = async (workspace: TestWorkspace, ...words: string[]) =>
  JSON.parse((await workspace.run(...words, "workflows/think.yaml", "-o", "json")).stdout) as WorkflowRunResult;

async function withWorkflows(): Promise<TestWorkspace> {
  const workspace = await makeWorkspace(fixture("small"));
  await mkdir(join(workspace.dir, "workflows"));
  for (const [name, text] of Object.entries(FILES)) await writeFile(join(workspace.dir, "workflows", name), text);
  return workspace;
}

describe("what a file of a workflow does not take", () => {
  let workspace: TestWorkspace;
  beforeAll(async () => {
    workspace = await withWorkflows();
  });
  afterAll(() => workspace.destroy());

  it.each([
    [["workflows/create.k", "--var", "SIZE=s3cret"], "--var SIZE"],
    [["workflows/create.k", "--validate", "--var", "SIZE=s3cret"], "--var SIZE"],
    [["workflows/think.yaml", "--workflow", "other"], "--workflow other"],
  ])("is refused by name: %j", async (words, named) => {
    const { code, stderr } = await workspace.run("batch", "submit", "--yes", ...words);
    expect([code, stderr.includes("INPUT_INVALID"), stderr.includes(named)]).toEqual([64, true, true]);
    expect(stderr).not.toContain("s3cret");
  });

  it("and without a service a document is carried out either way", async () => {
    for (const words of [[], ["--watch"]]) {
      const { outcome } = await documentRun(workspace, "batch", "submit", ...words);
      expect(outcome).toBe("completed");
    }
  });
});

describe.skipIf(obstacle !== undefined)(`a workflow that is submitted to a service ${obstacle ?? ""}`, () => {
  let workspace: TestWorkspace;
  beforeAll(async () => {
    workspace = await withWorkflows();
    expect(await workspace.run("orchestrator", "start", "--background", "--port", "0")).toMatchObject({ code: 0 });
  });
  afterAll(async () => {
    await workspace.run("orchestrator", "stop");
    await workspace.destroy();
  });

  const endOf = async (id: string) => {
    const show = () => workspace.run("workflow", "status", id, "-o", "json");
    await expect
      .poll(async () => (JSON.parse((await show()).stdout) as RunReport).status, { timeout: 300_000, interval: 500 })
      .not.toMatch(/pending|running/);
    return (JSON.parse((await show()).stdout) as RunReport).status;
  };

  it("is begun and left, with its id and the commands that follow it", async () => {
    const { code, stdout } = await workspace.run("batch", "submit", "workflows/create.k", "--yes");
    const id = /^Submitted as (\S+)\. The service carries it out\.$/m.exec(stdout)?.[1] ?? "";
    expect([code, stdout.includes(`provisioning batch monitor ${id}`)]).toEqual([0, true]);
    expect(await endOf(id)).toBe("completed");
  });

  it("is followed to its end with --watch", async () => {
    const result = await workspace.json<ApplyResult>("batch", "submit", "workflows/remove.k", "--yes", "--watch");
    expect(result).toMatchObject({ outcome: "completed", id: "run" in result ? result.run.id : "" });
  });

  it("is begun and left also when it is written in YAML, and data says so", async () => {
    for (const words of [
      ["batch", "submit"],
      ["workflow", "run", "--no-wait"],
    ]) {
      const { outcome, id, run } = await documentRun(workspace, ...words);
      expect([outcome, id]).toEqual(["submitted", run.id]);
      expect(await endOf(id)).toBe("completed");
    }
    expect((await documentRun(workspace, "batch", "submit", "--watch")).outcome).toBe("completed");
  });

  it("is nothing to leave when there is nothing to do", async () => {
    const result = await workspace.json<ApplyResult>("batch", "submit", "workflows/remove.k", "--yes");
    expect(result.outcome).toBe("unchanged");
  });
});
