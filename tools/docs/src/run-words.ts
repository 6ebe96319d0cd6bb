/** Runs a command of the documentation in this process, in a folder of its own; what it tells names the folders that pages use. */

import { join } from "node:path";
import type { CliContext } from "../../../core/cli/src/cli-context.js";
import { runWords } from "../../../core/cli/src/command/run.js";
import { root } from "./sources.js";

/** Results and talk, as a terminal shows them. `/srv/shop` stands for `folder`. */
export async function runInFolder(folder: string, words: readonly string[]): Promise<string> {
  let text = "";
  const process: CliContext["process"] = {
    stdout: { write: (part) => void (text += part) },
    stderr: { write: (part) => void (text += part) },
    env: { XDG_CONFIG_HOME: join(folder, ".user"), HOME: folder, REGISTRY: "registry.example.com" },
  };
  const stdin = {} as CliContext["stdin"];
  const platformRoot = root.replace(/\/$/, "");
  await runWords({ process, stdin, currentDir: folder, platformRoot, version: "0.0.0" }, words, { isFolder: () => false });
  return text
    .replaceAll(join(folder, ".user"), "/home/me/.config")
    .replaceAll(folder, "/srv/shop")
    .replaceAll(platformRoot, "/opt/provisioning");
}
