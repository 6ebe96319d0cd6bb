/** The KCL in the documentation is what a user would copy: every block that defines `settings` evaluates as an infra, every workflow as one. */

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { infraName } from "@provisioning/model";
import { evaluateInfra, evaluateWorkflow, platformLayout, workspaceLayout } from "@provisioning/workspace";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { filesIn, root } from "./sources.js";

interface Example {
  /** File and number of the block. */
  readonly title: string;
  readonly text: string;
}

function examplesOf(path: string, text: string): Example[] {
  return [...text.matchAll(/^( *)```python\n(.*?)^ *```$/gms)]
    .map(([, indent = "", block = ""], index) => ({
      title: `${path}, block ${index + 1}`,
      text: block.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
    }))
    .filter((example) => /^settings\b|\bWorkflowDef\b/m.test(example.text));
}

const pages = [...filesIn("docs", (path) => path.endsWith(".md")), ...filesIn("", (path) => path === "README.md")];
const all = pages.flatMap(({ path, text }) => examplesOf(path, text));
const isWorkflow = ({ text }: Example) => text.includes("WorkflowDef");
const workflows = all.filter(isWorkflow);
const examples = all.filter((example) => !isWorkflow(example));

describe("KCL in the documentation", () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "provisioning-docs-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("is found", () => {
    expect(examples.length).toBeGreaterThan(5);
  });

  it.each(examples)("evaluates: $title", async ({ title, text }) => {
    const [, name = ""] = /\bname = "([a-z0-9-]+)"/.exec(text) ?? [];
    const workspace = workspaceLayout(join(folder, title.replaceAll(/[^a-z0-9]+/gi, "-")));
    await mkdir(join(workspace.infraDir, name), { recursive: true });
    await writeFile(join(workspace.infraDir, name, "main.k"), text);
    const { settings } = await evaluateInfra(platformLayout(root), workspace, infraName(name));
    expect(settings.servers.length).toBeGreaterThan(0);
  });

  it.each(workflows)("evaluates: $title", async ({ text }) => {
    const file = join(folder, "deploy.k");
    await writeFile(file, text);
    const { operations } = await evaluateWorkflow(platformLayout(root), { file, workspaceDir: folder });
    expect(operations.length).toBeGreaterThan(0);
  });
});
