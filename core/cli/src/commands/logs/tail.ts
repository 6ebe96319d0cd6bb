/** `logs tail`: one `ssh` for each server; its lines come with the server's name when there are several. */

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { type ActionContext, invoke, type LogCommand } from "@provisioning/actions";
import { ProvisioningError } from "@provisioning/model";
import type { CliContext } from "../../cli-context.js";
import { EXIT, type ExitCode } from "../../exit-codes.js";
import { runAction } from "../../run-action.js";
import { printable } from "../../views/printable.js";
import type { TailFlags } from "../lock.js";
import { infraInput } from "../infra/input.js";

export async function tail(this: CliContext, flags: TailFlags, service: string): Promise<void> {
  const work = async (context: ActionContext): Promise<ExitCode> => {
    const found = await invoke("service.logCommands", context, {
      ...infraInput(flags),
      service,
      lines: flags.lines,
      follow: flags.follow === true,
      ...(flags.servers === undefined ? {} : { servers: flags.servers }),
    });
    const stop = AbortSignal.any([context.signal, context.drain]);
    const ends = await Promise.all(found.map((one) => read(this, one, found.length > 1, stop)));
    // Whoever follows ends it with Ctrl-C, which is how it is meant.
    if (stop.aborted) return EXIT.interrupted;
    return ends.every((code) => code === 0) ? EXIT.ok : EXIT.failure;
  };
  await runAction(this, flags, work, undefined, { isWatching: flags.follow === true });
}

function read(cli: CliContext, { server, words }: LogCommand, isNamed: boolean, stop: AbortSignal): Promise<number> {
  const [program = "", ...rest] = words;
  return new Promise((resolve, reject) => {
    const child = spawn(program, rest, { stdio: ["ignore", "pipe", "inherit"], signal: stop });
    const prefix = isNamed ? `${server} | ` : "";
    createInterface({ input: child.stdout }).on("line", (line) =>
      cli.process.stdout.write(`${prefix}${printable(line, false)}\n`),
    );
    child.on("close", (code) => resolve(code ?? 1));
    child.on("error", (cause) => {
      if (stop.aborted) return resolve(0);
      const missing = { code: "SSH_MISSING", message: `${program} could not be started.`, hint: "Install an OpenSSH client." };
      reject(new ProvisioningError(missing, { cause }));
    });
  });
}
