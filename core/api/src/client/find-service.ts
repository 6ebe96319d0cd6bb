/** Finds the service of a workspace by the files that it leaves while it runs. */

import { readFile } from "node:fs/promises";
import { parseServiceAddress, type ServiceAddress, serviceFiles } from "../service-file.js";

/** Ticks since boot at which a process began; absent when there is no such process, or only what is left of it until its parent asks. */
export async function startOf(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  // The name of the command may hold anything but is in brackets; the start time is the 20th word after them.
  const words = stat?.slice(stat.lastIndexOf(")") + 2).split(" ") ?? [];
  return words[0] === "Z" || words[0] === "X" ? undefined : words[19];
}

/** The service of a workspace, if its process lives. A file that a crash left says nothing. */
export async function runningService(runtimeDir: string): Promise<ServiceAddress | undefined> {
  const text = await readFile(serviceFiles(runtimeDir).address, "utf8").catch(() => undefined);
  const address = text === undefined ? undefined : parseServiceAddress(text);
  if (address === undefined) return undefined;
  return (await startOf(address.pid)) === address.startedAt ? address : undefined;
}

/** @returns nothing when the file is not there or not ours */
export async function readToken(runtimeDir: string): Promise<string | undefined> {
  const text = await readFile(serviceFiles(runtimeDir).token, "utf8").catch(() => undefined);
  return text?.trim();
}
