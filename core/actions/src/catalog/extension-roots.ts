/** Folders with extensions: the platform's, and that of the workspace one is in. */

import { findWorkspace, NoWorkspaceError } from "@provisioning/workspace";
import type { ActionContext } from "../context.js";
import { registryOf } from "../workspace/info.js";

/** A later one wins. Works outside a workspace too. @throws WorkspaceUnknownError */
export async function extensionRoots(context: ActionContext): Promise<readonly string[]> {
  const { currentDir, platform, workspace: wanted } = context;
  try {
    const { layout } = await findWorkspace({ currentDir, ...(wanted === undefined ? {} : { wanted }) }, registryOf(context));
    return [platform.extensionsDir, layout.extensionsDir];
  } catch (error) {
    if (error instanceof NoWorkspaceError) return [platform.extensionsDir];
    throw error;
  }
}
