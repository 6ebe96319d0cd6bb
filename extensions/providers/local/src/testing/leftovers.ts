/** What a workspace has left on the engine: counted and removed past the provider, which is the one on trial. */

import type { EngineApi } from "../engine/api.js";
import { LABEL } from "../ownership.js";

export interface Leftovers {
  /** Names. */
  readonly containers: readonly string[];
  readonly networks: readonly string[];
  readonly volumes: readonly string[];
}

/** Everything with the workspace's label, of one infra when it is given. */
export async function leftoversOf(api: EngineApi, workspaceId: string, infra?: string): Promise<Leftovers> {
  const label = [`${LABEL.workspaceId}=${workspaceId}`, ...(infra === undefined ? [] : [`${LABEL.infra}=${infra}`])];
  const query = { all: true, filters: JSON.stringify({ label }) };
  const containers = await api.call<readonly { Names: readonly string[] }[]>("GET", "/containers/json", { query });
  const networks = await api.call<readonly { Name: string }[]>("GET", "/networks", { query });
  const volumes = await api.call<{ Volumes: readonly { Name: string }[] | null }>("GET", "/volumes", { query });
  return {
    containers: containers.map(({ Names }) => (Names[0] ?? "").replace(/^\//, "")).sort(),
    networks: networks.map(({ Name }) => Name),
    volumes: (volumes.Volumes ?? []).map(({ Name }) => Name),
  };
}

export async function removeLeftovers(api: EngineApi, workspaceId: string): Promise<void> {
  const { containers, networks, volumes } = await leftoversOf(api, workspaceId);
  for (const name of containers) await api.call("DELETE", `/containers/${name}`, { query: { force: true, v: true } });
  for (const name of networks) await api.call("DELETE", `/networks/${name}`);
  for (const name of volumes) await api.call("DELETE", `/volumes/${name}`);
}
