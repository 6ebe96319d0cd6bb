/** The storage of the workspace that a command works in; with everything said by flags also outside of any workspace. */

import { createRedactor } from "@provisioning/model";
import { findWorkspace, NoWorkspaceError, openRegistry, userPaths, type Workspace } from "@provisioning/workspace";
import type { ActionContext } from "../context.js";
import { storageType } from "./choice.js";
import { loadWorkspaceConfig } from "./config.js";
import { isTyped, type StoragePlace } from "./place.js";

/** `overrides`: configuration values that win over all others. @throws NoWorkspaceError when there is none and one is needed */
export async function findPlace(
  context: ActionContext,
  overrides: Readonly<Record<string, unknown>> = {},
): Promise<StoragePlace> {
  const workspace = await workspaceIfAny(context);
  const config = await loadWorkspaceConfig(context, workspace, { overrides });
  const type = storageType(config);
  const needsFolder = type === "filesystem" || type === "surrealdb-embedded";
  if (workspace === undefined && needsFolder && !isTyped(config, "storage.data_dir")) throw new NoWorkspaceError();
  return { context, workspace, config, redactor: createRedactor() };
}

/** Nothing outside of any workspace when none is active. */
export async function workspaceIfAny(context: ActionContext): Promise<Workspace | undefined> {
  const registry = openRegistry(userPaths(context.environment).configFile, context.clock);
  const wanted = context.workspace === undefined ? {} : { wanted: context.workspace };
  try {
    const workspace = await findWorkspace({ currentDir: context.currentDir, ...wanted }, registry);
    context.workspaceUsed?.(workspace.layout.root);
    return workspace;
  } catch (error) {
    if (error instanceof NoWorkspaceError) return undefined;
    throw error;
  }
}
