/** Everything that can be told of a workspace without asking anybody: its parts, its files, what it keeps on this machine. */

import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { InfraName, TaskservName } from "@provisioning/model";
import { infraNameSchema, taskservNameSchema } from "@provisioning/model/wire";
import { listInfras, loadTaskservCatalog } from "@provisioning/workspace";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import { whereIsConfig } from "../config/where.js";
import { findPlace } from "../storage/find-place.js";
import { placeName } from "../storage/place-name.js";
import { findHere } from "./find-here.js";
import { type WorkspaceInfo, workspaceInfoShape } from "./info.js";
import { workflowFiles } from "./workflow-files.js";

export interface WorkspaceDetail extends WorkspaceInfo {
  readonly infras: readonly InfraName[];
  /** Relative to the workspace. */
  readonly workflows: readonly string[];
  /** Its own taskservs. */
  readonly taskservs: readonly TaskservName[];
  /** Environments with settings of their own. */
  readonly environments: readonly string[];
  /** Files that its configuration is read from. */
  readonly configFiles: readonly string[];
  readonly storage: { readonly type: string; readonly place: string };
  /** What the platform keeps on this machine: records, keys, logs. */
  readonly runtime: { readonly path: string; readonly bytes: number; readonly files: number };
}

export interface ShowWorkspaceInput {
  /** A name from the list or a path. Default: the one that a command would work in. */
  readonly workspace?: string;
}

export const showWorkspace = defineAction<ShowWorkspaceInput, WorkspaceDetail>({
  name: "workspace.info",
  cedar: { action: "showWorkspace", resource: "Workspace" },
  effect: "read",
  summary: "Tells what a workspace consists of, where its files are and how much it keeps.",
  input: z.strictObject({ workspace: z.exactOptional(z.string()) }),
  output: z.strictObject({
    ...workspaceInfoShape,
    infras: z.array(infraNameSchema),
    workflows: z.array(z.string()),
    taskservs: z.array(taskservNameSchema),
    environments: z.array(z.string()),
    configFiles: z.array(z.string()),
    storage: z.strictObject({ type: z.string(), place: z.string() }),
    runtime: z.strictObject({ path: z.string(), bytes: z.int(), files: z.int() }),
  }),
  async run(asked, { workspace: named }) {
    const context = named === undefined ? asked : { ...asked, workspace: named };
    const { info, layout } = await findHere(context);
    const [infras, workflows, catalog, config, place] = await Promise.all([
      listInfras(layout),
      workflowFiles(layout),
      loadTaskservCatalog([layout.extensionsDir]),
      whereIsConfig.run(context, {}),
      findPlace(context),
    ]);
    const runtime = await sizeOf(layout.runtimeDir);
    return {
      ...info,
      infras,
      workflows,
      taskservs: [...catalog.keys()].sort(),
      environments: config.environments,
      configFiles: config.layers.filter(({ exists }) => exists).map(({ file }) => file),
      storage: { type: place.config.get("storage.type"), place: await placeName(place) },
      runtime: { path: layout.runtimeDir, ...runtime },
    };
  },
});

/** Files may go away while we look. */
async function sizeOf(path: string): Promise<{ readonly bytes: number; readonly files: number }> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  let [bytes, files] = [0, 0];
  for (const entry of entries) {
    const at = join(path, entry.name);
    const found = entry.isDirectory()
      ? await sizeOf(at)
      : await stat(at).then(
          ({ size }) => ({ bytes: size, files: 1 }),
          () => ({ bytes: 0, files: 0 }),
        );
    bytes += found.bytes;
    files += found.files;
  }
  return { bytes, files };
}
