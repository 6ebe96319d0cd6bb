/** The two files by which a service is found; see `serviceFiles`. */

import { randomBytes } from "node:crypto";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { type ServiceAddress, serviceFiles } from "@provisioning/api";
import { runningService } from "@provisioning/api/client";
import { ProvisioningError } from "@provisioning/model";

/** @throws ProvisioningError SERVICE_RUNNING */
export async function assertNoneRuns(runtimeDir: string): Promise<void> {
  const other = await runningService(runtimeDir);
  if (other === undefined) return;
  throw new ProvisioningError({
    code: "SERVICE_RUNNING",
    message: `The service of this workspace runs already, at ${other.url} (pid ${other.pid}).`,
    hint: "End it with: provisioning orchestrator stop",
    details: { url: other.url, pid: other.pid },
  });
}

/** A new token for each start. */
export async function makeToken(runtimeDir: string): Promise<string> {
  const { token: file } = serviceFiles(runtimeDir);
  const token = randomBytes(32).toString("base64url");
  await replace(file, `${token}\n`);
  return token;
}

export async function announce(runtimeDir: string, address: ServiceAddress): Promise<void> {
  await replace(serviceFiles(runtimeDir).address, `${JSON.stringify(address, undefined, 2)}\n`);
}

export async function withdraw(runtimeDir: string): Promise<void> {
  const { address, token } = serviceFiles(runtimeDir);
  await rm(address, { force: true });
  await rm(token, { force: true });
}

/** Readable by the owner alone, whole or not at all. */
async function replace(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const part = `${file}.${process.pid}`;
  await rm(part, { force: true });
  await writeFile(part, text, { mode: 0o600, flag: "wx" });
  await rename(part, file);
}
