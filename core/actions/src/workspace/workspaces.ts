/** Workspaces: making, listing, switching. */

import { resolve } from "node:path";
import { type WorkspaceName, workspaceName } from "@provisioning/model";
import {
  findWorkspace,
  initWorkspace,
  openRegistry,
  type RegisteredWorkspace,
  userPaths,
  type WorkspaceRegistry,
} from "@provisioning/workspace";
import type { ActionContext } from "../context.js";

export interface WorkspaceInfo {
  readonly name: WorkspaceName;
  readonly path: string;
  readonly active: boolean;
  /** ISO 8601; absent for a workspace that is not registered. */
  readonly lastUsed?: string;
}

export interface InitWorkspaceInput {
  readonly name: string;
  /** Default: a folder of that name in the current one. */
  readonly dir?: string;
  /** A folder to copy; default: the platform's template. */
  readonly from?: string;
}

export async function createWorkspace(
  context: ActionContext,
  input: InitWorkspaceInput,
): Promise<WorkspaceInfo & { readonly files: readonly string[] }> {
  const name = workspaceName(input.name);
  const dir = resolve(context.currentDir, input.dir ?? input.name);
  const templateDir = input.from === undefined ? context.platform.workspaceTemplateDir : resolve(context.currentDir, input.from);
  const files = await initWorkspace({ name, dir, templateDir });
  await registryOf(context).register(name, dir, { activate: true });
  return { name, path: dir, active: true, files };
}

/** Most recently used first. */
export async function listWorkspaces(context: ActionContext): Promise<readonly WorkspaceInfo[]> {
  return (await registryOf(context).list()).map(toInfo);
}

export async function switchWorkspace(context: ActionContext, name: string): Promise<WorkspaceInfo> {
  return toInfo(await registryOf(context).switchTo(workspaceName(name)));
}

/** Takes a workspace from the list. Its folder and what it made stay. */
export async function forgetWorkspace(context: ActionContext, name: string): Promise<void> {
  await registryOf(context).forget(workspaceName(name));
}

/** The workspace that a command would work in right here. */
export async function currentWorkspace(context: ActionContext): Promise<WorkspaceInfo> {
  const registry = registryOf(context);
  const found = await findWorkspace(
    { currentDir: context.currentDir, ...(context.workspace === undefined ? {} : { wanted: context.workspace }) },
    registry,
  );
  const registered = (await registry.list()).find((entry) => entry.path === found.layout.root);
  return registered === undefined ? { name: found.name, path: found.layout.root, active: false } : toInfo(registered);
}

function registryOf(context: ActionContext): WorkspaceRegistry {
  return openRegistry(userPaths(context.environment).configFile, context.clock);
}

function toInfo(entry: RegisteredWorkspace): WorkspaceInfo {
  return { name: entry.name, path: entry.path, active: entry.active, lastUsed: new Date(entry.lastUsed).toISOString() };
}
