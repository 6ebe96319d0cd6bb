/** Another workspace becomes the active one. */

import { workspaceName } from "@provisioning/model";
import { defineAction } from "../action.js";
import { namedWorkspaceSchema, registryOf, toInfo, workspaceInfoSchema } from "./info.js";

export const switchWorkspace = defineAction({
  name: "workspace.switch",
  cedar: { action: "switchWorkspace", resource: "Workspace" },
  effect: "change",
  summary: "Makes a registered workspace the active one.",
  input: namedWorkspaceSchema,
  output: workspaceInfoSchema,
  run: async (context, { name }) => toInfo(await registryOf(context).switchTo(workspaceName(name))),
});
