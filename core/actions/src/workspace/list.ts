/** The workspaces that the user's registry knows. */

import * as z from "zod/mini";
import { defineAction } from "../action.js";
import { registryOf, toInfo, type WorkspaceInfo, workspaceInfoSchema } from "./info.js";

export const listWorkspaces = defineAction<Record<never, never>, readonly WorkspaceInfo[]>({
  name: "workspace.list",
  cedar: { action: "listWorkspaces", resource: "Machine" },
  effect: "read",
  summary: "Lists the registered workspaces, most recently used first.",
  input: z.strictObject({}),
  output: z.array(workspaceInfoSchema),
  run: async (context) => Promise.all((await registryOf(context).list()).map(toInfo)),
});
