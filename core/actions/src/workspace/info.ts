/** A workspace as the user's registry knows it. */

import type { WorkspaceName } from "@provisioning/model";
import { workspaceNameSchema } from "@provisioning/model/wire";
import { openRegistry, type RegisteredWorkspace, userPaths, type WorkspaceRegistry } from "@provisioning/workspace";
import * as z from "zod/mini";
import type { ActionContext } from "../context.js";

export interface WorkspaceInfo {
  readonly name: WorkspaceName;
  readonly path: string;
  readonly active: boolean;
  /** ISO 8601; absent for a workspace that is not registered. */
  readonly lastUsed?: string;
}

export const workspaceInfoShape = {
  name: workspaceNameSchema,
  path: z.string(),
  active: z.boolean(),
  lastUsed: z.exactOptional(z.iso.datetime()),
};
export const workspaceInfoSchema: z.ZodMiniType<WorkspaceInfo> = z.strictObject(workspaceInfoShape);

export interface NamedWorkspaceInput {
  readonly name: string;
}
export const namedWorkspaceSchema: z.ZodMiniType<NamedWorkspaceInput> = z.strictObject({ name: z.string() });

export function registryOf(context: ActionContext): WorkspaceRegistry {
  return openRegistry(userPaths(context.environment).configFile, context.clock);
}

export function toInfo(entry: RegisteredWorkspace): WorkspaceInfo {
  return { name: entry.name, path: entry.path, active: entry.active, lastUsed: new Date(entry.lastUsed).toISOString() };
}
