/** Which files of a workspace go into an archive. */

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

export interface ArchiveSelection {
  /** Relative paths with `/`, sorted. */
  readonly files: readonly string[];
  /** What stays out, and why. */
  readonly left: readonly { readonly path: string; readonly reason: string }[];
}

/** Made anew wherever the workspace is used, or somebody else's business. */
const SKIPPED = new Set(["runtime", ".git", "node_modules"]);

/** A secret goes along only where it is encrypted. */
export async function selectFiles(root: string): Promise<ArchiveSelection> {
  const files: string[] = [];
  const left: ArchiveSelection["left"][number][] = [];
  const visit = async (folder: string): Promise<void> => {
    const entries = await readdir(join(root, folder), { withFileTypes: true });
    for (const entry of entries) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (folder === "" && SKIPPED.has(entry.name)) continue;
      if (entry.isDirectory()) await visit(path);
      else if (!entry.isFile()) left.push({ path, reason: "it is a link or no plain file" });
      else if (looksSecret(path) && !isEncrypted(await readFile(join(root, path), "utf8")))
        left.push({ path, reason: "it looks like a secret that is not encrypted" });
      else files.push(path);
    }
  };
  await visit("");
  return { files: files.sort(byCode), left: left.sort((a, b) => byCode(a.path, b.path)) };
}

function looksSecret(path: string): boolean {
  return /(?:^|\/)secrets\//.test(path) || /(?:^|\/)\.env(?:\.[^/]*)?$|\.(?:key|pem|p12|pfx)$/.test(path);
}

/** As SOPS leaves a file: its own section with the message authentication code. */
function isEncrypted(text: string): boolean {
  return /(?:^|\n)\s*"?sops"?\s*[:=]|\[sops\]|(?:^|\n)sops_mac=/.test(text) && /ENC\[AES256_GCM,/.test(text);
}

/** The same order on every machine. */
function byCode(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
