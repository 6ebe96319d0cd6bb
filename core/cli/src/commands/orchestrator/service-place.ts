/** The service of the workspace that a command is about. */

import { NoWorkspaceError, runtimeDirOf, type ActionContext, type WorkspacePlace } from "@provisioning/actions";
import { type ServiceAddress, serviceFiles, type ServiceFiles } from "@provisioning/api";
import { runningService } from "@provisioning/api/client";

export interface ServicePlace extends WorkspacePlace {
  readonly files: ServiceFiles;
  /** Absent when none runs. */
  readonly running?: ServiceAddress;
}

/** @throws NoWorkspaceError, WorkspaceUnknownError */
export async function findServicePlace(context: ActionContext): Promise<ServicePlace> {
  const place = await runtimeDirOf(context);
  if (place === undefined) throw new NoWorkspaceError();
  const running = await runningService(place.runtimeDir);
  return { ...place, files: serviceFiles(place.runtimeDir), ...(running === undefined ? {} : { running }) };
}

export interface Health {
  readonly status: string;
  readonly version: string;
  readonly storage: string;
  readonly uptimeSeconds: number;
  readonly queue: { readonly open: number; readonly active: number; readonly limit: number };
}

/** Absent when it does not answer soon. */
export async function healthOf(url: string): Promise<Health | undefined> {
  try {
    const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(2_000) });
    return (await answer.json()) as Health;
  } catch {
    return undefined;
  }
}
