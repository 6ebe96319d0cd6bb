/** The workspace that a command would work in right here. */

import * as z from "zod/mini";
import { defineAction } from "../action.js";
import { findHere } from "./find-here.js";
import { workspaceInfoSchema } from "./info.js";

export const currentWorkspace = defineAction({
  name: "workspace.current",
  cedar: { action: "currentWorkspace", resource: "Workspace" },
  effect: "read",
  summary: "Tells which workspace a command would work in right here.",
  input: z.strictObject({}),
  output: workspaceInfoSchema,
  run: async (context) => (await findHere(context)).info,
});
