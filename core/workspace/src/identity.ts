/** What a workspace is known by, made once and kept in its runtime folder. */

import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { fileMadeOnce } from "@provisioning/config";
import { type WorkspaceName, workspaceName } from "@provisioning/model";
import type { Workspace } from "./discover.js";

/** Names are at most 63 characters; the random part takes seven with its hyphen. */
const NAME_PART = 48;
const KEY_BYTES = 32;

/**
 * Its identity on this machine, for example `shop-3f9a1c`: its name and a random part, so that two workspaces of one name never take
 * each other's servers for their own.
 */
export async function workspaceIdentity({ name, layout }: Workspace): Promise<WorkspaceName> {
  const identity = await fileMadeOnce(join(layout.runtimeDir, "workspace-id"), () => {
    const part = name.slice(0, NAME_PART).replace(/-+$/, "");
    return `${part}-${randomBytes(3).toString("hex")}\n`;
  });
  return workspaceName(identity.trim());
}

/** The key for digests of what may hold secrets, so that nobody can guess a secret from its digest. */
export function workspaceDigestKey({ layout }: Workspace): Promise<string> {
  return fileMadeOnce(join(layout.runtimeDir, "digest-key"), () => randomBytes(KEY_BYTES).toString("base64url"));
}
