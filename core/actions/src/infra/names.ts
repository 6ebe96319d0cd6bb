/**
 * The names in a workspace's definitions. Completion asks for them at every key, so they are kept in the runtime folder and only read anew
 * when a definition has changed.
 */

import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { evaluateInfra, findWorkspace, listInfras, type Workspace, type WorkspaceLayout } from "@provisioning/workspace";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import type { ActionContext } from "../context.js";
import { registryOf } from "../workspace/info.js";

/** The names that one infra defines. */
export interface InfraNames {
  readonly infra: string;
  readonly servers: readonly string[];
  readonly taskservs: readonly string[];
}

const namesSchema: z.ZodMiniType<InfraNames> = z.strictObject({
  infra: z.string(),
  servers: z.array(z.string()),
  taskservs: z.array(z.string()),
});

/** Sorted by infra. An infra that cannot be evaluated is there without names. */
export const listNames = defineAction<Record<never, never>, readonly InfraNames[]>({
  name: "infra.names",
  cedar: { action: "listNames", resource: "Workspace" },
  effect: "read",
  summary: "Lists the infras of the workspace with the names of their servers and taskservs.",
  input: z.strictObject({}),
  output: z.array(namesSchema),
  async run(context) {
    const { currentDir, workspace: wanted } = context;
    const workspace = await findWorkspace({ currentDir, ...(wanted === undefined ? {} : { wanted }) }, registryOf(context));
    const file = join(workspace.layout.runtimeDir, "names.json");
    const stamp = await stampOf(workspace.layout);
    const kept = await readKept(file);
    if (kept?.stamp === stamp) return kept.names;
    const names = await readNames(context, workspace);
    await keep(workspace.layout.runtimeDir, file, { stamp, names });
    return names;
  },
});

interface Kept {
  readonly stamp: string;
  readonly names: readonly InfraNames[];
}

async function readNames(context: ActionContext, { layout }: Workspace): Promise<InfraNames[]> {
  const found: InfraNames[] = [];
  for (const infra of await listInfras(layout)) {
    const evaluated = await evaluateInfra(context.platform, layout, infra).catch(() => undefined);
    const servers = evaluated?.settings.servers ?? [];
    const taskservs = new Set([
      ...servers.flatMap((server) => server.taskservs.map(({ name }) => String(name))),
      ...(evaluated?.settings.taskservs ?? []).map(({ name }) => String(name)),
    ]);
    found.push({ infra, servers: servers.map(({ name }) => String(name)), taskservs: [...taskservs].sort() });
  }
  return found;
}

/** Every definition with its size and time; two levels hold all of them. */
async function stampOf({ infraDir }: WorkspaceLayout): Promise<string> {
  const entries = await readdir(infraDir, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(".k"))
    .map((entry) => join(entry.parentPath, entry.name));
  const facts = await Promise.all(files.sort().map(async (file) => [file, await stat(file)] as const));
  return facts.map(([file, { size, mtimeMs }]) => `${file} ${size} ${mtimeMs}`).join("\n");
}

/** A file that is not there or not ours is read as nothing. */
async function readKept(file: string): Promise<Kept | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Kept;
  } catch {
    return undefined;
  }
}

/** Keeping is for speed alone; a folder that cannot be written is no failure. */
async function keep(folder: string, file: string, kept: Kept): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(file, JSON.stringify(kept), { mode: 0o600 });
  } catch {
    // The next one reads the definitions again.
  }
}
