/** Makes a workspace from an archive that `workspace.export` wrote. Nothing is written when anything about it is wrong. */

import { chmod, mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import { isName, ProvisioningError, type WorkspaceName, workspaceName } from "@provisioning/model";
import { ArchiveInvalidError, readArchiveNote, unpackWorkspace, workspaceLayout } from "@provisioning/workspace";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import { registryOf, type WorkspaceInfo, workspaceInfoShape } from "./info.js";

export interface ImportWorkspaceInput {
  /** From the current folder. */
  readonly file: string;
  /** Default: the name that it was exported under. */
  readonly name?: string;
  /** Default: a folder of that name in the current one. It must not exist, or be empty. */
  readonly dir?: string;
  /** Only read it to its end and tell what would be written. */
  readonly check?: boolean;
}

export interface ImportedWorkspace extends WorkspaceInfo {
  /** Relative to its folder. */
  readonly files: readonly string[];
  readonly withState: boolean;
}

export const importWorkspace = defineAction<ImportWorkspaceInput, ImportedWorkspace>({
  name: "workspace.import",
  cedar: { action: "importWorkspace", resource: "Workspace" },
  effect: "change",
  summary: "Makes a workspace from an archive and makes it the active one.",
  input: z.strictObject({
    file: z.string(),
    name: z.exactOptional(z.string()),
    dir: z.exactOptional(z.string()),
    check: z.exactOptional(z.boolean()),
  }),
  output: z.strictObject({ ...workspaceInfoShape, files: z.array(z.string()), withState: z.boolean() }),
  async run(context, input) {
    const { currentDir } = context;
    const file = resolve(currentDir, input.file);
    const registry = registryOf(context);
    const name = input.name === undefined ? nameIn(file, (await readArchiveNote(file)).name) : workspaceName(input.name);
    const found = (await registry.list()).find((entry) => entry.name === name);
    if (found !== undefined) throw new WorkspaceNameTakenError(name, found.path);
    const dir = resolve(currentDir, input.dir ?? name);
    const { check = false } = input;
    const { note, files } = await unpackWorkspace({ file, dir, stateDir: "runtime", check });
    const made: ImportedWorkspace = { name, path: dir, active: true, presence: "there", files, withState: note.withState };
    if (check) return made;
    const { runtimeDir } = workspaceLayout(dir);
    await mkdir(runtimeDir, { recursive: true, mode: 0o700 });
    await chmod(runtimeDir, 0o700);
    await registry.register(name, dir, { activate: true });
    return made;
  },
});

function nameIn(file: string, name: string): WorkspaceName {
  if (!isName(name)) throw new ArchiveInvalidError(file, "it names no workspace");
  return workspaceName(name);
}

/** Nothing was written. */
class WorkspaceNameTakenError extends ProvisioningError {
  constructor(name: WorkspaceName, path: string) {
    super({
      code: "WORKSPACE_EXISTS",
      message: `There is a workspace ${name} already, at ${path}.`,
      hint: "Give this one another name: --name <name>.",
    });
  }
}
