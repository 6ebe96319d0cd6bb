/** The workspace that a command would work in right here. */

import { findWorkspace, type WorkspaceLayout } from "@provisioning/workspace";
import type { ActionContext } from "../context.js";
import { registryOf, toInfo, type WorkspaceInfo } from "./info.js";

/** Where it is, and what the list says of it. @throws NoWorkspaceError, WorkspaceUnknownError */
export async function findHere(
  context: ActionContext,
): Promise<{ readonly info: WorkspaceInfo; readonly layout: WorkspaceLayout }> {
  const { currentDir, workspace: wanted } = context;
  const registry = registryOf(context);
  const { name, layout } = await findWorkspace({ currentDir, ...(wanted === undefined ? {} : { wanted }) }, registry);
  const registered = (await registry.list()).find((entry) => entry.path === layout.root);
  const info: WorkspaceInfo =
    registered === undefined ? { name, path: layout.root, active: false, presence: "there" } : await toInfo(registered);
  return { info, layout };
}
