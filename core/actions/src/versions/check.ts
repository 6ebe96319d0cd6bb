/** Asks whether there are newer versions of the software that taskservs install. */

import { type TaskservName, taskservName } from "@provisioning/model";
import { taskservNameSchema } from "@provisioning/model/wire";
import { compareVersions, newestAllowed, newestOf, UPDATE_STRATEGIES, type UpdateStrategy } from "@provisioning/workspace";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import { lookUpVersions } from "./look-up.js";
import { chosenTaskservs, readVersions, ruleFor } from "./reading.js";

export interface CheckVersionsInput {
  /** Default: all. */
  readonly names?: readonly string[];
  /** Ask again, whatever is known. */
  readonly refresh?: boolean;
}

export interface VersionCheck {
  readonly taskserv: TaskservName;
  /** Where newer versions are announced. */
  readonly source: { readonly type: "apt" | "github" | "url"; readonly location: string };
  readonly strategy: UpdateStrategy;
  readonly constraint?: string;
  /** As the workspace has locked it. */
  readonly current?: string;
  /** The newest there is. */
  readonly newest?: string;
  /** The newest that strategy and constraint allow. */
  readonly allowed?: string;
  /** `allowed` is newer than `current`. */
  readonly update: boolean;
  /** ISO 8601. */
  readonly checkedAt?: string;
  /** Nobody was asked just now. */
  readonly cached: boolean;
  readonly problem?: string;
}

const text = z.exactOptional(z.string());
export const checkVersions = defineAction<CheckVersionsInput, readonly VersionCheck[]>({
  name: "version.check",
  cedar: { action: "checkVersions", resource: "Catalog" },
  effect: "read",
  summary: "Asks whether there are newer versions of what taskservs install; answers count for a while.",
  input: z.strictObject({ names: z.exactOptional(z.array(z.string())), refresh: z.exactOptional(z.boolean()) }),
  output: z.array(
    z.strictObject({
      taskserv: taskservNameSchema,
      source: z.strictObject({ type: z.enum(["apt", "github", "url"]), location: z.string() }),
      strategy: z.enum(UPDATE_STRATEGIES),
      constraint: text,
      current: text,
      newest: text,
      allowed: text,
      update: z.boolean(),
      checkedAt: z.exactOptional(z.iso.datetime()),
      cached: z.boolean(),
      problem: text,
    }),
  ),
  async run(context, { names, refresh = false }) {
    const here = await readVersions(context);
    const manifests = chosenTaskservs(here.catalog, names).map(({ manifest }) => manifest);
    const found = await lookUpVersions(context, here, manifests, refresh);
    return manifests.flatMap((manifest): readonly VersionCheck[] => {
      const { name, updateSource } = manifest;
      const available = found.get(name);
      if (updateSource === undefined || available === undefined) return [];
      const rule = ruleFor(manifest, here.settings);
      const current = here.lock?.taskservs.get(name)?.software;
      const newest = newestOf(available.versions);
      const allowed =
        current === undefined ? newestOf(available.versions, rule.constraint) : newestAllowed(current, available.versions, rule);
      return [
        {
          taskserv: taskservName(name),
          source: { type: updateSource.type, location: updateSource.location },
          ...rule,
          ...(current === undefined ? {} : { current }),
          ...(newest === undefined ? {} : { newest }),
          ...(allowed === undefined ? {} : { allowed }),
          update: current !== undefined && allowed !== undefined && compareVersions(current, allowed) < 0,
          ...(available.checkedAt === undefined ? {} : { checkedAt: new Date(available.checkedAt).toISOString() }),
          cached: available.cached,
          ...(available.problem === undefined ? {} : { problem: available.problem }),
        },
      ];
    });
  },
});
