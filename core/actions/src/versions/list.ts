/** All versions at one glance: what is here, what is installed, what is locked, what is available. Nobody is asked. */

import { compareVersions, digestOfTaskserv, newestOf } from "@provisioning/workspace";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import { listProviders } from "../catalog/providers.js";
import { type Installed, installedVersions } from "./installed.js";
import { cacheKey, readVersions, versionCache } from "./reading.js";

export interface VersionEntry {
  readonly kind: "platform" | "provider" | "taskserv";
  readonly name: string;
  /** Of what is here: the program, the extension. */
  readonly present: string;
  /** Recorded on servers of this workspace. */
  readonly installed: readonly string[];
  /** In the workspace's lock. */
  readonly locked?: string;
  /** What is here is not what was locked. */
  readonly differs: boolean;
  /** Of the software that a taskserv installs: on servers of this workspace, locked, and the newest when somebody last asked. */
  readonly software?: {
    readonly installed?: readonly string[];
    readonly locked?: string;
    readonly available?: string;
    readonly checkedAt?: string;
  };
}

const text = z.exactOptional(z.string());
export const listVersions = defineAction<Record<never, never>, readonly VersionEntry[]>({
  name: "version.list",
  cedar: { action: "listVersions", resource: "Catalog" },
  effect: "read",
  summary: "Lists the versions of the platform and of every extension: present, installed, locked and available.",
  input: z.strictObject({}),
  output: z.array(
    z.strictObject({
      kind: z.enum(["platform", "provider", "taskserv"]),
      name: z.string(),
      present: z.string(),
      installed: z.array(z.string()),
      locked: text,
      differs: z.boolean(),
      software: z.exactOptional(
        z.strictObject({
          installed: z.exactOptional(z.array(z.string())),
          locked: text,
          available: text,
          checkedAt: z.exactOptional(z.iso.datetime()),
        }),
      ),
    }),
  ),
  async run(context) {
    const here = await readVersions(context);
    const { catalog, lock, settings } = here;
    const [installed, cache, providers] = await Promise.all([
      here.layout === undefined ? new Map<string, Installed>() : installedVersions(context),
      versionCache(context),
      listProviders.run(context, {}),
    ]);
    const present = context.platformVersion;
    const platform: VersionEntry = {
      kind: "platform",
      name: "provisioning",
      present,
      installed: [],
      ...(lock === undefined ? {} : { locked: lock.platform }),
      differs: lock !== undefined && lock.platform !== present,
    };
    const taskservs = await Promise.all(
      [...catalog.values()].map(async (extension): Promise<VersionEntry> => {
        const { manifest } = extension;
        const { name, version } = manifest;
        const locked = lock?.taskservs.get(name);
        const known = cache.last(cacheKey(manifest, settings) ?? "");
        const available = known === undefined ? undefined : newestOf(known.versions);
        const there = installed.get(name);
        const software = {
          ...(there === undefined || there.software.size === 0 ? {} : { installed: [...there.software].sort(compareVersions) }),
          ...(locked?.software === undefined ? {} : { locked: locked.software }),
          ...(available === undefined ? {} : { available }),
          ...(known === undefined ? {} : { checkedAt: new Date(known.checkedAt).toISOString() }),
        };
        return {
          kind: "taskserv",
          name,
          present: version,
          installed: [...(there?.extensions ?? [])].sort(),
          ...(locked === undefined ? {} : { locked: locked.version }),
          differs: locked !== undefined && (locked.version !== version || locked.digest !== (await digestOfTaskserv(extension))),
          ...(Object.keys(software).length === 0 ? {} : { software }),
        };
      }),
    );
    return [
      platform,
      ...providers.map(
        ({ name, version }): VersionEntry => ({ kind: "provider", name, present: version, installed: [], differs: false }),
      ),
      ...taskservs.sort((left, right) => left.name.localeCompare(right.name)),
    ];
  },
});
