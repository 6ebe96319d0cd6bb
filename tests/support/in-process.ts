/** The command line in this process: the same commands as a user's, without the start of a program for each. */

import type { CliContext } from "../../core/cli/src/cli-context.js";
import { runWords } from "../../core/cli/src/command/run.js";
import { type Result, root } from "./platform.js";

export interface InProcessOptions {
  readonly currentDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export async function runHere(words: readonly string[], { currentDir, env }: InProcessOptions): Promise<Result> {
  let stdout = "";
  let stderr = "";
  const process: CliContext["process"] = {
    stdout: { write: (text) => void (stdout += text) },
    stderr: { write: (text) => void (stderr += text) },
    env,
  };
  const surroundings = {
    process,
    stdin: globalThis.process.stdin,
    currentDir,
    platformRoot: root.replace(/\/$/, ""),
    version: "0.0.0",
  };
  await runWords(surroundings, words, { isFolder: () => false });
  return { code: Number(process.exitCode ?? 0), stdout, stderr };
}
