/** The workspace that a command would work in right here. */

import { findWorkspace } from "@provisioning/workspace";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import { registryOf, toInfo, workspaceInfoSchema } from "./info.js";

export const currentWorkspace = defineAction({
  name: "workspace.current",
  cedar: { action: "currentWorkspace", resource: "Workspace" },
  effect: "read",
  summary: "Tells which workspace a command would work in right here.",
  input: z.strictObject({}),
  output: workspaceInfoSchema,
  async run(context) {
    const registry = registryOf(context);
    const found = await findWorkspace(
      { currentDir: context.currentDir, ...(context.workspace === undefined ? {} : { wanted: context.workspace }) },
      registry,
    );
    const registered = (await registry.list()).find((entry) => entry.path === found.layout.root);
    return registered === undefined ? { name: found.name, path: found.layout.root, active: false } : toInfo(registered);
  },
});
