/** Writes down with which extensions and software a workspace is made, so that everybody who works on it has the same. */

import { newestOf, type LockedTaskserv, LOCK_FILE, digestOfTaskserv, NoWorkspaceError, writeLock } from "@provisioning/workspace";
import { join } from "node:path";
import { type TaskservName, taskservName } from "@provisioning/model";
import { taskservNameSchema } from "@provisioning/model/wire";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import { type Installed, installedVersions } from "./installed.js";
import { cacheKey, chosenTaskservs, readVersions, ruleFor, usedTaskservs, versionCache } from "./reading.js";

export interface LockVersionsInput {
  /** Only tell what would change. */
  readonly check?: boolean;
  /** Take the software that is on the servers, the newest where they differ, over what is locked or known. */
  readonly installed?: boolean;
}

export interface LockChange {
  readonly taskserv: TaskservName;
  readonly change: "added" | "changed" | "removed";
  readonly from?: string;
  readonly to?: string;
}

export interface LockedVersions {
  readonly file: string;
  readonly taskservs: number;
  readonly changes: readonly LockChange[];
  readonly written: boolean;
}

export const lockChangeSchema: z.ZodMiniType<LockChange> = z.strictObject({
  taskserv: taskservNameSchema,
  change: z.enum(["added", "changed", "removed"]),
  from: z.exactOptional(z.string()),
  to: z.exactOptional(z.string()),
});

/** Software that is locked stays as it is; `version.upgrade` moves it. */
export const lockVersions = defineAction<LockVersionsInput, LockedVersions>({
  name: "version.lock",
  cedar: { action: "lockVersions", resource: "Workspace" },
  effect: "change",
  summary: "Writes the versions and contents of the taskservs that a workspace uses into provisioning.lock.",
  input: z.strictObject({ check: z.exactOptional(z.boolean()), installed: z.exactOptional(z.boolean()) }),
  output: z.strictObject({ file: z.string(), taskservs: z.int(), changes: z.array(lockChangeSchema), written: z.boolean() }),
  async run(context, { check = false, installed = false }) {
    const here = await readVersions(context);
    const { layout, catalog, settings, lock } = here;
    if (layout === undefined) throw new NoWorkspaceError();
    const used = await usedTaskservs(context, here);
    const cache = await versionCache(context);
    const onServers = installed ? await installedVersions(context) : new Map<string, Installed>();
    const entries = await Promise.all(
      (used.length === 0 ? [] : chosenTaskservs(catalog, used)).map(async (extension): Promise<[string, LockedTaskserv]> => {
        const { manifest } = extension;
        const known = cache.last(cacheKey(manifest, settings) ?? "")?.versions ?? [];
        const software =
          newestOf([...(onServers.get(manifest.name)?.software ?? [])]) ??
          lock?.taskservs.get(manifest.name)?.software ??
          newestOf(known, ruleFor(manifest, settings).constraint);
        const digest = await digestOfTaskserv(extension);
        return [manifest.name, { version: manifest.version, digest, ...(software === undefined ? {} : { software }) }];
      }),
    );
    const taskservs = new Map(entries);
    const changes = changesBetween(lock?.taskservs ?? new Map(), taskservs);
    const isNew = lock === undefined || lock.platform !== context.platformVersion || changes.length > 0;
    if (!check && isNew) await writeLock(layout.root, { platform: context.platformVersion, taskservs });
    return { file: join(layout.root, LOCK_FILE), taskservs: taskservs.size, changes, written: !check && isNew };
  },
});

function changesBetween(
  before: ReadonlyMap<string, LockedTaskserv>,
  after: ReadonlyMap<string, LockedTaskserv>,
): readonly LockChange[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.flatMap((name): readonly LockChange[] => {
    const [from, to] = [before.get(name), after.get(name)];
    const isSame = from?.version === to?.version && from?.digest === to?.digest && from?.software === to?.software;
    if (isSame) return [];
    return [
      {
        taskserv: taskservName(name),
        change: from === undefined ? "added" : to === undefined ? "removed" : "changed",
        ...(from === undefined ? {} : { from: shown(from) }),
        ...(to === undefined ? {} : { to: shown(to) }),
      },
    ];
  });
}

/** Contents can differ where versions do not. */
function shown({ version, digest, software }: LockedTaskserv): string {
  return `${version} (${digest.slice("sha256:".length, "sha256:".length + 8)})${software === undefined ? "" : `, ${software}`}`;
}
