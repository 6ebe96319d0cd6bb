/** What is available of taskservs: from the cache while that counts, else from where newer versions are announced. */

import type { TaskservManifest } from "@provisioning/extension-sdk";
import { type Instant, ProvisioningError } from "@provisioning/model";
import { openVersionSources } from "@provisioning/workspace";
import type { ActionContext } from "../context.js";
import { cacheKey, versionCache, type VersionsHere } from "./reading.js";

export interface FoundVersions {
  readonly versions: readonly string[];
  readonly checkedAt?: Instant;
  /** Nobody was asked just now. */
  readonly cached: boolean;
  /** The source did not answer; what there is was found out earlier. */
  readonly problem?: string;
}

const HOUR_MS = 3_600_000;

/** By name; taskservs without a source are not in it. */
export async function lookUpVersions(
  context: ActionContext,
  { settings }: VersionsHere,
  manifests: readonly TaskservManifest[],
  refresh: boolean,
): Promise<ReadonlyMap<string, FoundVersions>> {
  const cache = await versionCache(context);
  const sources = openVersionSources(settings.mirrors, context.signal);
  const now = context.clock.now();
  const maxAge = refresh ? 0 : settings.graceHours * HOUR_MS;
  let isNew = false;
  const look = async (manifest: TaskservManifest): Promise<readonly (readonly [string, FoundVersions])[]> => {
    const key = cacheKey(manifest, settings);
    if (manifest.updateSource === undefined || key === undefined) return [];
    const fresh = cache.fresh(key, now, maxAge);
    if (fresh !== undefined) return [[manifest.name, { ...fresh, cached: true }]];
    try {
      const found = { checkedAt: now, versions: await sources.versionsAt(manifest.updateSource) };
      cache.put(key, found);
      isNew = true;
      return [[manifest.name, { ...found, cached: false }]];
    } catch (error) {
      if (!(error instanceof ProvisioningError)) throw error;
      const last = cache.last(key) ?? { versions: [] };
      return [[manifest.name, { ...last, cached: true, problem: error.message }]];
    }
  };
  const found = (await Promise.all(manifests.map(look))).flat();
  if (isNew) await cache.save();
  return new Map(found);
}
