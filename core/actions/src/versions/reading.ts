/** What the actions on versions work with: the workspace if there is one, its taskservs, its rules and its lock. */

import { join } from "node:path";
import type { TaskservManifest } from "@provisioning/extension-sdk";
import {
  listInfras,
  loadTaskservCatalog,
  LOCK_FILE,
  NoWorkspaceError,
  openVersionCache,
  readLock,
  readVersionSettings,
  type TaskservCatalog,
  type TaskservExtension,
  userPaths,
  withDependencies,
  type VersionCache,
  type VersionLock,
  type VersionRule,
  type VersionSettings,
  type WorkspaceLayout,
  evaluateInfra,
} from "@provisioning/workspace";
import { nearest, ProvisioningError, type TaskservName, taskservName } from "@provisioning/model";
import { reachable } from "@provisioning/planner";
import type { ActionContext } from "../context.js";
import { loadWorkspaceConfig } from "../storage/config.js";
import { workspaceIfAny } from "../storage/find-place.js";

export interface VersionsHere {
  /** Absent outside of any workspace. */
  readonly layout: WorkspaceLayout | undefined;
  readonly catalog: TaskservCatalog;
  readonly settings: VersionSettings;
  readonly lock: VersionLock | undefined;
}

/** @throws DiagnosticsError of the configuration or VERSIONS_INVALID, ProvisioningError LOCK_INVALID */
export async function readVersions(context: ActionContext): Promise<VersionsHere> {
  const workspace = await workspaceIfAny(context);
  const layout = workspace?.layout;
  const roots = [context.platform.extensionsDir, ...(layout === undefined ? [] : [layout.extensionsDir])];
  const [catalog, settings, lock] = await Promise.all([
    loadTaskservCatalog(roots),
    loadWorkspaceConfig(context, workspace).then((config) => readVersionSettings(config, layout?.configDir)),
    layout === undefined ? undefined : readLock(layout.root),
  ]);
  return { layout, catalog, settings, lock };
}

/** What holds for a taskserv: its rule in the configuration over the manifest's, and that over what holds for all. */
export function ruleFor({ name, updateSource }: TaskservManifest, { rules, strategy }: VersionSettings): VersionRule {
  return { strategy: updateSource?.strategy ?? strategy, ...rules.get(name) };
}

/** Where answers of a source are kept. */
export function cacheKey({ updateSource }: TaskservManifest, { mirrors }: VersionSettings): string | undefined {
  if (updateSource === undefined) return undefined;
  const { type, location } = updateSource;
  const base = { apt: mirrors.apt.join(" "), github: mirrors.releases, url: "" }[type];
  return [type, location, base].join(" ").trim();
}

export function versionCache(context: ActionContext): Promise<VersionCache> {
  return openVersionCache(join(userPaths(context.environment).cacheDir, "versions.json"));
}

/** The wanted ones, or all, sorted. @throws ProvisioningError TASKSERV_UNKNOWN */
export function chosenTaskservs(catalog: TaskservCatalog, names: readonly string[] = []): readonly TaskservExtension[] {
  const wanted = names.length === 0 ? [...catalog.keys()].sort() : names;
  return wanted.map((name) => {
    const found = catalog.get(taskservName(name));
    if (found !== undefined) return found;
    const suggestion = nearest(name, [...catalog.keys()]);
    throw new ProvisioningError({
      code: "TASKSERV_UNKNOWN",
      message: `There is no taskserv ${name}.`,
      hint: suggestion === undefined ? "See all with: provisioning taskserv list --all" : `Did you mean ${suggestion}?`,
    });
  });
}

/** What the infras of a workspace ask for, with what that requires. @throws DiagnosticsError of a definition */
export async function usedTaskservs(context: ActionContext, { layout, catalog }: VersionsHere): Promise<readonly TaskservName[]> {
  if (layout === undefined) return [];
  const named = new Set<TaskservName>();
  for (const infra of await listInfras(layout)) {
    const { settings } = await evaluateInfra(context.platform, layout, infra);
    for (const { name } of [...settings.taskservs, ...settings.servers.flatMap((server) => server.taskservs)]) named.add(name);
  }
  const complete = await withDependencies(context.platform.kclDir, catalog, named);
  const used = reachable([...named], (name) => (complete.get(name)?.manifest.requires ?? []).map(taskservName));
  return [...used].filter((name) => catalog.has(name)).sort();
}

/** @throws ProvisioningError LOCK_MISSING */
export function needLock({ lock, layout }: VersionsHere): { readonly lock: VersionLock; readonly layout: WorkspaceLayout } {
  if (layout === undefined) throw new NoWorkspaceError();
  if (lock !== undefined) return { lock, layout };
  throw new ProvisioningError({
    code: "LOCK_MISSING",
    message: `This workspace has no ${LOCK_FILE}.`,
    hint: "Write it with: provisioning version lock",
  });
}
