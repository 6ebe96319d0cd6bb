/**
 * The identity of a workspace on this machine: its name and a random part that is made once and kept in the runtime folder, so
 * that two workspaces of one name never take each other's servers for their own.
 */

import { randomBytes } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readIfThere } from "@provisioning/config";
import { invariant, type WorkspaceName, workspaceName } from "@provisioning/model";
import type { Workspace } from "./discover.js";

/** Names are at most 63 characters; the random part takes seven with its hyphen. */
const NAME_PART = 48;

/** For example `shop-3f9a1c`. Made on the first call; the same ever after, also for callers at the same moment. */
export async function workspaceIdentity(workspace: Workspace): Promise<WorkspaceName> {
  const file = join(workspace.layout.runtimeDir, "workspace-id");
  const existing = await readIfThere(file);
  if (existing !== undefined) return workspaceName(existing.trim());
  await mkdir(workspace.layout.runtimeDir, { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomBytes(4).toString("hex")}`;
  const identity = `${workspace.name.slice(0, NAME_PART).replace(/-+$/, "")}-${randomBytes(3).toString("hex")}`;
  invariant(workspaceName(identity), "an identity is a name");
  try {
    await writeFile(draft, `${identity}\n`, { mode: 0o600, flush: true });
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    await rm(draft, { force: true });
  }
  return workspaceName((await readFile(file, "utf8")).trim());
}
