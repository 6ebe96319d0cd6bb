/** Which workspace a command works in. */

import { stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { FORMAT_ENDINGS } from "@provisioning/config";
import { ProvisioningError, workspaceName, type WorkspaceName } from "@provisioning/model";
import { type WorkspaceLayout, workspaceLayout } from "./layout.js";
import { type WorkspaceRegistry, WorkspaceUnknownError } from "./registry.js";

export interface Workspace {
  readonly name: WorkspaceName;
  readonly layout: WorkspaceLayout;
}

export interface WorkspaceChoice {
  /** A name from the registry or a path: the flag `--workspace` or the variable `PROVISIONING_WORKSPACE`. */
  readonly wanted?: string;
  readonly currentDir: string;
}

export class NoWorkspaceError extends ProvisioningError {
  constructor() {
    super({
      code: "WORKSPACE_NONE",
      message: "This folder belongs to no workspace, and none is active.",
      hint: "Make one with: provisioning workspace init <name>",
    });
  }
}

/** What is wanted, else the folder around the current one, else the active one of the registry. @throws NoWorkspaceError, WorkspaceUnknownError */
export async function findWorkspace(choice: WorkspaceChoice, registry: WorkspaceRegistry): Promise<Workspace> {
  if (choice.wanted !== undefined) return findWanted(choice.wanted, choice.currentDir, registry);
  const around = await findAround(choice.currentDir);
  if (around !== undefined) return openFolder(around);
  const active = (await registry.list()).find((entry) => entry.active);
  if (active === undefined) throw new NoWorkspaceError();
  if (!(await isWorkspace(active.path))) throw movedError(active.name, active.path);
  return { name: active.name, layout: workspaceLayout(active.path) };
}

async function findWanted(wanted: string, currentDir: string, registry: WorkspaceRegistry): Promise<Workspace> {
  const known = await registry.list();
  const registered = known.find((entry) => entry.name === wanted);
  if (registered !== undefined) {
    if (!(await isWorkspace(registered.path))) throw movedError(registered.name, registered.path);
    return { name: registered.name, layout: workspaceLayout(registered.path) };
  }
  const path = resolve(currentDir, wanted);
  if (await isWorkspace(path)) return openFolder(path);
  throw new WorkspaceUnknownError(
    wanted,
    known.map((entry) => entry.name),
  );
}

async function findAround(start: string): Promise<string | undefined> {
  for (let dir = resolve(start); ; dir = dirname(dir)) {
    if (await isWorkspace(dir)) return dir;
    if (dir === dirname(dir)) return undefined;
  }
}

/** A folder with `config/provisioning.yaml`, or the same in another format, is a workspace. */
export async function isWorkspace(dir: string): Promise<boolean> {
  for (const ending of MARKS) {
    const isThere = await stat(join(dir, "config", `provisioning${ending}`)).then(
      (found) => found.isFile(),
      () => false,
    );
    if (isThere) return true;
  }
  return false;
}

/** The usual one first. */
const MARKS = [...FORMAT_ENDINGS].sort((a) => (a === ".yaml" ? -1 : 0));

/** The name is the folder's, made fit: `workspace_` in front is left out, and other characters become hyphens. */
function openFolder(path: string): Workspace {
  const base = path
    .slice(path.lastIndexOf("/") + 1)
    .toLowerCase()
    .replace(/^workspace_(?=[a-z])/, "")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "");
  return { name: workspaceName(base === "" ? "workspace" : base.slice(0, 63)), layout: workspaceLayout(path) };
}

function movedError(name: string, path: string): ProvisioningError {
  return new ProvisioningError({
    code: "WORKSPACE_MOVED",
    message: `The workspace ${name} is not at ${path} any more.`,
    hint: `If it moved, run in its new place: provisioning workspace init ${name} --dir .`,
  });
}
