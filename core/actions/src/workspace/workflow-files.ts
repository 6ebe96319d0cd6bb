/** The workflows of a workspace: below `workflows/`, and below the folder of each infra. */

import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { WorkspaceLayout } from "@provisioning/workspace";

/** Relative to the workspace, sorted. Templates, tests and the values of templates are none. */
export async function workflowFiles({ root, infraDir }: WorkspaceLayout): Promise<readonly string[]> {
  const infras = await readdir(infraDir, { withFileTypes: true }).catch(() => []);
  const folders = [
    join(root, "workflows"),
    ...infras.filter((entry) => entry.isDirectory()).map((entry) => join(infraDir, entry.name, "workflows")),
  ];
  const found = await Promise.all(folders.map(filesIn));
  return found
    .flat()
    .map((file) => relative(root, file))
    .sort();
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const templates = entries.filter(({ name }) => name.endsWith(".j2")).map(({ name }) => name.slice(0, name.indexOf(".")));
  const found = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return filesIn(path);
      if (!entry.isFile() || entry.name.startsWith("_")) return [];
      if (entry.name.endsWith(".k")) {
        const isWorkflow =
          !entry.name.endsWith("_test.k") &&
          /\bWorkflowDef\b|\bBatchWorkflow\b|^\s*operations\s*=/m.test(await readFile(path, "utf8"));
        return isWorkflow ? [path] : [];
      }
      const isDocument =
        /\.(?:ya?ml|json)$/.test(entry.name) && !templates.includes(entry.name.slice(0, entry.name.indexOf(".")));
      return isDocument ? [path] : [];
    }),
  );
  return found.flat();
}
