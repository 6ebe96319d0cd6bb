/** Moves what is locked of the software to the newest version that each taskserv's strategy and constraint allow. */

import { type TaskservName, taskservName } from "@provisioning/model";
import { taskservNameSchema } from "@provisioning/model/wire";
import { compareVersions, newestAllowed, newestOf, writeLock } from "@provisioning/workspace";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import { lookUpVersions } from "./look-up.js";
import { chosenTaskservs, needLock, readVersions, ruleFor } from "./reading.js";

export interface UpgradeVersionsInput {
  /** Default: all that are locked. */
  readonly names?: readonly string[];
  readonly refresh?: boolean;
  /** Only tell what would change. */
  readonly check?: boolean;
}

export interface UpgradedVersions {
  readonly upgrades: readonly { readonly taskserv: TaskservName; readonly from?: string; readonly to: string }[];
  /** Sources that did not answer. */
  readonly problems: readonly { readonly taskserv: TaskservName; readonly problem: string }[];
  readonly written: boolean;
}

export const upgradeVersions = defineAction<UpgradeVersionsInput, UpgradedVersions>({
  name: "version.upgrade",
  cedar: { action: "upgradeVersions", resource: "Workspace" },
  effect: "change",
  summary: "Moves the locked versions of software to the newest that strategies and constraints allow.",
  input: z.strictObject({
    names: z.exactOptional(z.array(z.string())),
    refresh: z.exactOptional(z.boolean()),
    check: z.exactOptional(z.boolean()),
  }),
  output: z.strictObject({
    upgrades: z.array(z.strictObject({ taskserv: taskservNameSchema, from: z.exactOptional(z.string()), to: z.string() })),
    problems: z.array(z.strictObject({ taskserv: taskservNameSchema, problem: z.string() })),
    written: z.boolean(),
  }),
  async run(context, { names, refresh = false, check = false }) {
    const here = await readVersions(context);
    const { lock, layout } = needLock(here);
    const wanted = names ?? [...lock.taskservs.keys()].filter((name) => here.catalog.has(taskservName(name)));
    const manifests = (wanted.length === 0 ? [] : chosenTaskservs(here.catalog, wanted))
      .map(({ manifest }) => manifest)
      .filter(({ name }) => lock.taskservs.has(name));
    const found = await lookUpVersions(context, here, manifests, refresh);
    const taskservs = new Map(lock.taskservs);
    const upgrades: UpgradedVersions["upgrades"][number][] = [];
    const problems: UpgradedVersions["problems"][number][] = [];
    for (const manifest of manifests) {
      const taskserv = taskservName(manifest.name);
      const { versions = [], problem } = found.get(manifest.name) ?? {};
      if (problem !== undefined) problems.push({ taskserv, problem });
      const rule = ruleFor(manifest, here.settings);
      const locked = lock.taskservs.get(manifest.name);
      const from = locked?.software;
      const to = from === undefined ? newestOf(versions, rule.constraint) : newestAllowed(from, versions, rule);
      if (locked === undefined || to === undefined || (from !== undefined && compareVersions(from, to) >= 0)) continue;
      taskservs.set(manifest.name, { ...locked, software: to });
      upgrades.push({ taskserv, ...(from === undefined ? {} : { from }), to });
    }
    const written = !check && upgrades.length > 0;
    if (written) await writeLock(layout.root, { platform: lock.platform, taskservs });
    return { upgrades, problems, written };
  },
});
