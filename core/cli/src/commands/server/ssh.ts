/** `server ssh`: hands the terminal to `ssh`. */

import { spawn } from "node:child_process";
import { invoke } from "@provisioning/actions";
import { ProvisioningError } from "@provisioning/model";
import type { CliContext } from "../../cli-context.js";
import type { ExitCode } from "../../exit-codes.js";
import { runAction } from "../../run-action.js";
import type { InfraFlags } from "../flags.js";
import { infraInput } from "../infra/input.js";

export async function ssh(this: CliContext, flags: InfraFlags, server: string, ...command: string[]): Promise<void> {
  await runAction(this, flags, async (context) => {
    const [program, ...words] = await invoke("server.ssh", context, { ...infraInput(flags), server, command });
    // From here on the terminal is the other program's.
    this.process.stderr.write("");
    return (await handOver(program as string, words)) as ExitCode;
  });
}

/** The exit code of the program. Arguments are words; no shell reads them here. */
function handOver(program: string, words: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { stdio: "inherit" });
    child.on("error", (cause) => {
      reject(
        new ProvisioningError(
          { code: "SSH_MISSING", message: `${program} could not be started.`, hint: "Install an OpenSSH client." },
          { cause },
        ),
      );
    });
    child.on("close", (code) => resolve(code ?? 1));
  });
}
