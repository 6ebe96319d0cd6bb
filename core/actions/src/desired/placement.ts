/** Which taskserv goes to which server, with which configuration. */

import { isJsonObject, type JsonObject, type ServerName, type SourcePosition, type TaskservName } from "@provisioning/model";
import type { InfraSettings, ServerSettings, TaskservRequest } from "@provisioning/workspace";

export interface Placement {
  readonly server: ServerName;
  readonly taskserv: TaskservName;
  /** May hold secret references, never secret values. */
  readonly config: JsonObject;
  /** Taskservs that must be healthy on the same server first. */
  readonly requires: readonly TaskservName[];
  /** For a taskserv the user did not name: one that requires it. */
  readonly requiredBy?: TaskservName;
  readonly position?: SourcePosition;
  /** By dotted path within the config. */
  readonly positions: Readonly<Record<string, SourcePosition>>;
}

/** What the user asked for on one server: the infra's taskservs that fit it, then its own. A later request wins key by key. */
export function requestsFor(settings: InfraSettings, server: ServerSettings): ReadonlyMap<TaskservName, TaskservRequest> {
  const requests = new Map<TaskservName, TaskservRequest>();
  for (const request of [...settings.taskservs.filter((item) => fits(item, server)), ...server.taskservs]) {
    const before = requests.get(request.name);
    requests.set(request.name, before === undefined ? request : combine(before, request));
  }
  return requests;
}

/** Where in the settings a taskserv of one server is asked for, the weakest first. */
export function requestPaths(
  settings: InfraSettings,
  server: ServerSettings,
  taskserv: TaskservName,
): readonly (readonly (string | number)[])[] {
  const shared = settings.taskservs.flatMap((request, index) =>
    request.name === taskserv && fits(request, server) ? [["settings", "taskservs", index]] : [],
  );
  const at = settings.servers.indexOf(server);
  const own = server.taskservs.flatMap((request, index) =>
    request.name === taskserv ? [["settings", "servers", at, "taskservs", index]] : [],
  );
  return [...shared, ...own];
}

function fits(request: TaskservRequest, server: ServerSettings): boolean {
  if (request.servers.length === 0 && request.roles.length === 0) return true;
  return request.servers.includes(server.name) || (server.role !== undefined && request.roles.includes(server.role));
}

function combine(before: TaskservRequest, after: TaskservRequest): TaskservRequest {
  return {
    ...before,
    ...after,
    config: mergeObjects(before.config, after.config),
    positions: { ...before.positions, ...after.positions },
  };
}

/** Maps are merged key by key, everything else is replaced. */
export function mergeObjects(base: JsonObject, over: JsonObject): JsonObject {
  const merged: Record<string, JsonObject[string]> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const before = merged[key];
    merged[key] = isJsonObject(before) && isJsonObject(value) ? mergeObjects(before, value) : value;
  }
  return merged;
}
