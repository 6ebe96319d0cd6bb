/** The process as one command sees it. */

import type { CliProcess } from "../cli-context.js";

/** Parts of it replaced; the exit code still goes to the process itself. */
export function withParts(process: CliProcess, parts: Partial<Pick<CliProcess, "stdout" | "stderr" | "env">>): CliProcess {
  return {
    stdout: parts.stdout ?? process.stdout,
    stderr: parts.stderr ?? process.stderr,
    env: parts.env ?? process.env,
    get exitCode() {
      return process.exitCode;
    },
    set exitCode(code) {
      process.exitCode = code;
    },
  };
}
