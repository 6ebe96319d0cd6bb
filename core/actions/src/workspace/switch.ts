/** Another workspace becomes the active one. */

import { workspaceName } from "@provisioning/model";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import { knownWorkspace, registryOf, toInfo, type WorkspaceInfo, workspaceInfoSchema } from "./info.js";

export interface SwitchWorkspaceInput {
  readonly name: string;
  /** Only tell which it would be. */
  readonly check?: boolean;
}

export const switchWorkspace = defineAction<SwitchWorkspaceInput, WorkspaceInfo>({
  name: "workspace.switch",
  cedar: { action: "switchWorkspace", resource: "Workspace" },
  effect: "change",
  summary: "Makes a registered workspace the active one.",
  input: z.strictObject({ name: z.string(), check: z.exactOptional(z.boolean()) }),
  output: workspaceInfoSchema,
  async run(context, { name, check = false }) {
    const registry = registryOf(context);
    if (!check) return toInfo(await registry.switchTo(workspaceName(name)));
    return toInfo({ ...(await knownWorkspace(registry, workspaceName(name))), active: true });
  },
});
