/** `orchestrator logs`. */

import { watch } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { ProvisioningError } from "@provisioning/model";
import type { CliContext } from "../../cli-context.js";
import { EXIT } from "../../exit-codes.js";
import { runAction } from "../../run-action.js";
import type { LogsFlags } from "../orchestrator.js";
import { findServicePlace } from "./service-place.js";

export async function logs(this: CliContext, flags: LogsFlags): Promise<void> {
  await runAction(this, flags, async (context) => {
    const { files } = await findServicePlace(context);
    const bytes = await readFile(files.log).catch(() => undefined);
    if (bytes === undefined) {
      throw new ProvisioningError({
        code: "LOG_NONE",
        message: "This workspace has no log of a service.",
        hint: "A service that was started with --background writes one.",
      });
    }
    const lines = bytes
      .toString("utf8")
      .split("\n")
      .slice(-flags.lines - 1);
    this.process.stdout.write(lines.join("\n"));
    if (flags.follow === true) await follow(this, files.log, bytes.length, AbortSignal.any([context.signal, context.drain]));
    return EXIT.ok;
  });
}

async function follow(cli: CliContext, file: string, from: number, signal: AbortSignal): Promise<void> {
  const handle = await open(file, "r");
  let position = from;
  let reading = Promise.resolve();
  const read = async (): Promise<void> => {
    const { size } = await handle.stat();
    if (size <= position) return;
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(size - position), 0, size - position, position);
    position += bytesRead;
    cli.process.stdout.write(buffer.subarray(0, bytesRead).toString("utf8"));
  };
  const watcher = watch(file, () => {
    reading = reading.then(read);
  });
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  watcher.close();
  await reading;
  await handle.close();
}
