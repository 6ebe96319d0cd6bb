/** Where a running service says how it is reached: two files in the workspace's `runtime/`, made when it listens, removed when it ends. */

import { join } from "node:path";

/** Everything that is needed to find a service on this machine. */
export interface ServiceAddress {
  /** `http://127.0.0.1:8080` */
  readonly url: string;
  readonly pid: number;
  /** When that process began, in ticks since boot: tells it from another process that got the same number later. */
  readonly startedAt: string;
  readonly version: string;
  readonly workspace: string;
  /** Folder of the installation that it runs from; those of before did not say. */
  readonly platform?: string;
}

export interface ServiceFiles {
  /** `ServiceAddress` as JSON. */
  readonly address: string;
  /** The token, mode 0600. */
  readonly token: string;
  /** What the service prints. */
  readonly log: string;
}

export function serviceFiles(runtimeDir: string): ServiceFiles {
  const dir = join(runtimeDir, "orchestrator");
  return { address: join(dir, "service.json"), token: join(dir, "token"), log: join(dir, "orchestrator.log") };
}

/** @returns nothing when the text is not an address of a service */
export function parseServiceAddress(text: string): ServiceAddress | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { url, pid, startedAt, version, workspace, platform } = value as Record<string, unknown>;
  const isWhole =
    typeof url === "string" &&
    typeof pid === "number" &&
    typeof startedAt === "string" &&
    typeof version === "string" &&
    typeof workspace === "string";
  if (!isWhole) return undefined;
  return { url, pid, startedAt, version, workspace, ...(typeof platform === "string" ? { platform } : {}) };
}
