/** What could be installed: the platform's taskservs and the workspace's own. */

import type { TaskservManifest } from "@provisioning/extension-sdk";
import { loadTaskservCatalog, NoWorkspaceError } from "@provisioning/workspace";
import type { ActionContext } from "../context.js";
import { openWorkspaceSession } from "../session.js";

/** Sorted by name. Works outside a workspace too. */
export async function listCatalog(context: ActionContext): Promise<readonly TaskservManifest[]> {
  const roots = [context.platform.extensionsDir, ...(await workspaceExtensions(context))];
  const catalog = await loadTaskservCatalog(roots);
  return [...catalog.values()].map((extension) => extension.manifest).sort((left, right) => left.name.localeCompare(right.name));
}

async function workspaceExtensions(context: ActionContext): Promise<readonly string[]> {
  try {
    return [(await openWorkspaceSession(context)).workspace.layout.extensionsDir];
  } catch (error) {
    if (error instanceof NoWorkspaceError) return [];
    throw error;
  }
}
