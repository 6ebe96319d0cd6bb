/** Puts a workspace into one file: what describes it, and with `withState` what was recorded. */

import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { readIfThere } from "@provisioning/config";
import { type WorkspaceName, workspaceName } from "@provisioning/model";
import { workspaceNameSchema } from "@provisioning/model/wire";
import { migrate, openStorage } from "@provisioning/storage";
import { ARCHIVE_FORMAT, type ArchivedFile, packWorkspace, selectFiles, STATE_PART } from "@provisioning/workspace";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import type { ActionContext } from "../context.js";
import { openWorkspaceSession } from "../session.js";

export interface ExportWorkspaceInput {
  /** From the list, or a path. Default: the one that a command would work in. */
  readonly workspace?: string;
  /** File to write, from the current folder. Default: `<name>.tar.gz` there. */
  readonly file?: string;
  /** With runs and recorded resources. Keys and generated secrets never go along. */
  readonly withState?: boolean;
  /** Only tell what would be written: the archive is made and thrown away. */
  readonly check?: boolean;
}

export interface ExportedWorkspace {
  readonly name: WorkspaceName;
  /** Absolute. */
  readonly file: string;
  readonly bytes: number;
  /** Relative to the workspace. */
  readonly files: readonly string[];
  readonly withState: boolean;
  /** What was left out, and why. */
  readonly left: readonly { readonly path: string; readonly reason: string }[];
}

export const exportWorkspace = defineAction<ExportWorkspaceInput, ExportedWorkspace>({
  name: "workspace.export",
  cedar: { action: "exportWorkspace", resource: "Workspace" },
  effect: "read",
  summary:
    "Writes a workspace into one archive, with what was recorded when asked. Secrets go along only where they are encrypted.",
  input: z.strictObject({
    workspace: z.exactOptional(z.string()),
    file: z.exactOptional(z.string()),
    withState: z.exactOptional(z.boolean()),
    check: z.exactOptional(z.boolean()),
  }),
  output: z.strictObject({
    name: workspaceNameSchema,
    file: z.string(),
    bytes: z.int(),
    files: z.array(z.string()),
    withState: z.boolean(),
    left: z.array(z.strictObject({ path: z.string(), reason: z.string() })),
  }),
  async run(asked, { workspace: named, file, withState = false, check = false }) {
    const context = named === undefined ? asked : { ...asked, workspace: named };
    const session = await openWorkspaceSession(context);
    const { name, layout } = session.workspace;
    const target = resolve(context.currentDir, file ?? `${name}.tar.gz`);
    const selected = await selectFiles(layout.root);
    const own = relative(layout.root, target);
    const files = selected.files.filter((path) => path !== own);
    const pack = (into: string, more: readonly ArchivedFile[]) =>
      packWorkspace({
        note: { format: ARCHIVE_FORMAT, name, platformVersion: context.platformVersion, withState },
        root: layout.root,
        files,
        more,
        target: into,
      });
    const write = (into: string) => (withState ? withSnapshot(context, session, (more) => pack(into, more)) : pack(into, []));
    const bytes = check ? await inThrowaway(write) : await write(target);
    return { name: workspaceName(name), file: target, bytes, files, withState, left: selected.left };
  },
});

async function inThrowaway(write: (into: string) => Promise<number>): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "provisioning-export-"));
  return write(join(folder, "archive")).finally(() => rm(folder, { recursive: true, force: true }));
}

type Session = Awaited<ReturnType<typeof openWorkspaceSession>>;

/** Whatever the storage is, the archive holds it as files, and who the workspace is to its providers. */
async function withSnapshot(
  context: ActionContext,
  session: Session,
  use: (files: readonly ArchivedFile[]) => Promise<number>,
): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "provisioning-export-"));
  try {
    const dataDir = join(folder, "store");
    const source = await session.openStore("read");
    try {
      const target = await openStorage({
        type: "filesystem",
        mode: "write",
        dataDir,
        clock: context.clock,
        command: context.command,
      });
      try {
        await migrate(source, target);
      } finally {
        await target.close();
      }
    } finally {
      await source.close();
    }
    const files = (await filesIn(dataDir)).map((path) => ({ path: `${STATE_PART}store/${path}`, source: join(dataDir, path) }));
    const identity = join(session.workspace.layout.runtimeDir, "workspace-id");
    const isKnown = (await readIfThere(identity)) !== undefined;
    return await use([...files, ...(isKnown ? [{ path: `${STATE_PART}workspace-id`, source: identity }] : [])]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}
