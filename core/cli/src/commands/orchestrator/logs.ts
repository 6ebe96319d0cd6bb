/** `orchestrator logs`. */

import { watch } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { ProvisioningError } from "@provisioning/model";
import type { CliContext } from "../../cli-context.js";
import { EXIT } from "../../exit-codes.js";
import { lastLines } from "../../log-files.js";
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
    this.process.stdout.write(await lastLines(files.log, bytes.toString("utf8"), flags.lines));
    if (flags.follow === true) await follow(this, files.log, bytes.length, AbortSignal.any([context.signal, context.drain]));
    return EXIT.ok;
  });
}

/** Also into the file that follows when this one was put aside because of its size. */
async function follow(cli: CliContext, file: string, from: number, signal: AbortSignal): Promise<void> {
  let handle = await open(file, "r");
  let position = from;
  let reading = Promise.resolve();
  const readOn = async (): Promise<void> => {
    const { size } = await handle.stat();
    if (size <= position) return;
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(size - position), 0, size - position, position);
    position += bytesRead;
    cli.process.stdout.write(buffer.subarray(0, bytesRead).toString("utf8"));
  };
  const read = async (): Promise<void> => {
    await readOn();
    const next = await open(file, "r").catch(() => undefined);
    if (next === undefined) return;
    if ((await next.stat()).ino === (await handle.stat()).ino) return next.close();
    // What was written to it before the other one was begun.
    await readOn();
    await handle.close();
    handle = next;
    position = 0;
    await readOn();
  };
  const watcher = watch(dirname(file), () => {
    reading = reading.then(read);
  });
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  watcher.close();
  await reading;
  await handle.close();
}
