/** A workspace as the user's registry knows it. */

import { stat } from "node:fs/promises";
import type { WorkspaceName } from "@provisioning/model";
import { workspaceNameSchema } from "@provisioning/model/wire";
import {
  isWorkspace,
  openRegistry,
  type RegisteredWorkspace,
  userPaths,
  type WorkspaceRegistry,
  WorkspaceUnknownError,
} from "@provisioning/workspace";
import * as z from "zod/mini";
import type { ActionContext } from "../context.js";

/** `missing`: its folder was moved or deleted; `foreign`: there is a folder, which is no workspace. */
export type WorkspacePresence = "there" | "missing" | "foreign";

export interface WorkspaceInfo {
  readonly name: WorkspaceName;
  readonly path: string;
  readonly active: boolean;
  readonly presence: WorkspacePresence;
  /** ISO 8601; absent for a workspace that is not registered. */
  readonly lastUsed?: string;
}

export const workspaceInfoShape = {
  name: workspaceNameSchema,
  path: z.string(),
  active: z.boolean(),
  presence: z.enum(["there", "missing", "foreign"]),
  lastUsed: z.exactOptional(z.iso.datetime()),
};
export const workspaceInfoSchema: z.ZodMiniType<WorkspaceInfo> = z.strictObject(workspaceInfoShape);

/** As it is registered. @throws WorkspaceUnknownError */
export async function knownWorkspace(registry: WorkspaceRegistry, name: WorkspaceName): Promise<RegisteredWorkspace> {
  const known = await registry.list();
  const found = known.find((entry) => entry.name === name);
  if (found === undefined)
    throw new WorkspaceUnknownError(
      name,
      known.map((entry) => entry.name),
    );
  return found;
}

export function registryOf(context: Pick<ActionContext, "environment" | "clock">): WorkspaceRegistry {
  return openRegistry(userPaths(context.environment).configFile, context.clock);
}

export async function toInfo({ name, path, active, lastUsed }: RegisteredWorkspace): Promise<WorkspaceInfo> {
  const presence = await presenceOf(path);
  return { name, path, active, presence, ...(lastUsed === 0 ? {} : { lastUsed: new Date(lastUsed).toISOString() }) };
}

async function presenceOf(path: string): Promise<WorkspacePresence> {
  if (await isWorkspace(path)) return "there";
  const found = await stat(path).catch(() => undefined);
  return found === undefined ? "missing" : "foreign";
}
