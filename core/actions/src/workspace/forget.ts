/** Takes a workspace from the list. Its folder and what it made stay. */

import { workspaceName } from "@provisioning/model";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import { namedWorkspaceSchema, type NamedWorkspaceInput, registryOf } from "./info.js";

export interface ForgottenWorkspace {
  readonly name: string;
  readonly removed: boolean;
}

export const forgetWorkspace = defineAction<NamedWorkspaceInput, ForgottenWorkspace>({
  name: "workspace.forget",
  cedar: { action: "forgetWorkspace", resource: "Workspace" },
  effect: "change",
  summary: "Takes a workspace from the list; its folder and what it made stay.",
  input: namedWorkspaceSchema,
  output: z.strictObject({ name: z.string(), removed: z.boolean() }),
  async run(context, { name }) {
    await registryOf(context).forget(workspaceName(name));
    return { name, removed: true };
  },
});
