/** Makes a workspace from a template. */

import { resolve } from "node:path";
import { workspaceName } from "@provisioning/model";
import { initWorkspace } from "@provisioning/workspace";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import { registryOf, type WorkspaceInfo, workspaceInfoShape } from "./info.js";

export interface CreateWorkspaceInput {
  /** `workspace_shop` is the workspace shop, in a folder of that whole name. */
  readonly name: string;
  /** Default: a folder of that name in the current one. */
  readonly dir?: string;
  /** A folder to copy; default: the platform's template. */
  readonly from?: string;
  /** Only tell what would be written. */
  readonly check?: boolean;
}

export interface CreatedWorkspace extends WorkspaceInfo {
  /** What was written, relative to its folder. */
  readonly files: readonly string[];
}

export const createWorkspace = defineAction<CreateWorkspaceInput, CreatedWorkspace>({
  name: "workspace.create",
  cedar: { action: "createWorkspace", resource: "Workspace" },
  effect: "change",
  summary: "Makes a workspace from a template and makes it the active one.",
  input: z.strictObject({
    name: z.string(),
    dir: z.exactOptional(z.string()),
    from: z.exactOptional(z.string()),
    check: z.exactOptional(z.boolean()),
  }),
  output: z.strictObject({ ...workspaceInfoShape, files: z.array(z.string()) }),
  async run(context, input) {
    const name = workspaceName(input.name.replace(/^workspace_(?=.)/, ""));
    const dir = resolve(context.currentDir, input.dir ?? input.name);
    const templateDir =
      input.from === undefined ? context.platform.workspaceTemplateDir : resolve(context.currentDir, input.from);
    const { check = false } = input;
    const files = await initWorkspace({ name, dir, templateDir, check });
    if (!check) await registryOf(context).register(name, dir, { activate: true });
    return { name, path: dir, active: true, presence: "there", files };
  },
});
