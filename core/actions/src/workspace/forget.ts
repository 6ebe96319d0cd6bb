/** Takes workspaces from the list. Their folders and what they made stay. */

import { InvariantError, type WorkspaceName, workspaceName } from "@provisioning/model";
import { workspaceNameSchema } from "@provisioning/model/wire";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import { knownWorkspace, registryOf, toInfo } from "./info.js";

export interface ForgetWorkspacesInput {
  readonly name?: string;
  /** All whose folders are there no more. */
  readonly missing?: boolean;
  /** Only tell which it would be. */
  readonly check?: boolean;
}

export interface ForgottenWorkspaces {
  readonly removed: readonly WorkspaceName[];
}

export const forgetWorkspace = defineAction<ForgetWorkspacesInput, ForgottenWorkspaces>({
  name: "workspace.forget",
  cedar: { action: "forgetWorkspace", resource: "Workspace" },
  effect: "change",
  summary: "Takes a workspace, or all that are missing, from the list; folders and what they made stay.",
  input: z
    .strictObject({
      name: z.exactOptional(z.string()),
      missing: z.exactOptional(z.boolean()),
      check: z.exactOptional(z.boolean()),
    })
    .check(
      z.refine(({ name, missing }) => (name === undefined) === (missing === true), "name one, or ask for all that are missing"),
    ),
  output: z.strictObject({ removed: z.array(workspaceNameSchema) }),
  async run(context, { name, missing, check = false }) {
    const registry = registryOf(context);
    if (name !== undefined) {
      if (check) await knownWorkspace(registry, workspaceName(name));
      else await registry.forget(workspaceName(name));
      return { removed: [workspaceName(name)] };
    }
    if (missing !== true) throw new InvariantError("the schema asks for one of both");
    const known = await Promise.all((await registry.list()).map(toInfo));
    const removed = known.filter(({ presence }) => presence === "missing").map((info) => info.name);
    if (removed.length > 0 && !check) await registry.forget(...removed);
    return { removed };
  },
});
