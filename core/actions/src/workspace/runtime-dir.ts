/** The folder of the workspace in which the platform writes, found without reading anything else. */

import { findWorkspace, NoWorkspaceError } from "@provisioning/workspace";
import type { ActionContext } from "../context.js";
import { registryOf } from "./info.js";

export interface WorkspacePlace {
  readonly root: string;
  readonly runtimeDir: string;
}

/** Absent where there is no workspace. @throws WorkspaceUnknownError */
export async function runtimeDirOf(context: ActionContext): Promise<WorkspacePlace | undefined> {
  const { currentDir, workspace: wanted } = context;
  try {
    const { layout } = await findWorkspace({ currentDir, ...(wanted === undefined ? {} : { wanted }) }, registryOf(context));
    context.workspaceUsed?.(layout.root);
    return { root: layout.root, runtimeDir: layout.runtimeDir };
  } catch (error) {
    if (error instanceof NoWorkspaceError) return undefined;
    throw error;
  }
}
