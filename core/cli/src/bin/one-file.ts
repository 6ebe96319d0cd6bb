/** The process of the one-file build: the command, the service and the platform's files are all in one program. */

import { statSync } from "node:fs";
import type { CliProcess } from "../cli-context.js";
import { runWords } from "../command/run.js";
import { type PackedFiles, unpackedRoot } from "../one-file/platform-files.js";
import { VERSION } from "../version.js";
import { heedClosedPipes } from "./closed-pipes.js";

export interface OneFileParts {
  readonly files: PackedFiles;
  /** Loads the program of the service, which reads the words of the process by itself. */
  readonly startService: () => Promise<unknown>;
}

/** The word with which the program starts itself as the service. */
const SERVICE = "__service";

export async function runOneFile({ files, startService }: OneFileParts): Promise<void> {
  // Who holds a store is told by these words.
  process.argv[1] = process.execPath;
  leaveOutOfProxies(process.env);
  if (process.argv[2] === SERVICE) {
    process.argv.splice(2, 1);
    await startService();
    return;
  }
  heedClosedPipes(process.stdout, process.stderr, (code) => process.exit(code));
  await runWords(
    {
      process: ownProcess(),
      stdin: process.stdin,
      currentDir: process.cwd(),
      get platformRoot() {
        return unpackedRoot(files, VERSION, process.env);
      },
      serviceWords: [SERVICE],
      version: VERSION,
    },
    process.argv.slice(2),
    { isFolder: (path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false },
  );
}

/** This runtime's `fetch` goes through the proxy that the environment names, also to the service on this machine unless it is told not to. */
function leaveOutOfProxies(environment: NodeJS.ProcessEnv): void {
  if (environment.http_proxy === undefined && environment.HTTP_PROXY === undefined) return;
  const given = environment.no_proxy ?? environment.NO_PROXY ?? "";
  const all = [...given.split(",").filter((host) => host !== ""), "127.0.0.1", "localhost", "[::1]"].join(",");
  environment.no_proxy = all;
  environment.NO_PROXY = all;
}

/** The runtime keeps of an exit code only what a shell can see of it, and the parser has codes below zero. */
function ownProcess(): CliProcess {
  let exitCode: CliProcess["exitCode"];
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    get exitCode() {
      return exitCode;
    },
    set exitCode(code) {
      exitCode = code;
      process.exitCode = code ?? undefined;
    },
  };
}
