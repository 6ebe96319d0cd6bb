/** What could be installed: the platform's taskservs and the workspace's own. */

import type { TaskservManifest } from "@provisioning/extension-sdk";
import { loadTaskservCatalog, withDependencies } from "@provisioning/workspace";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import { extensionRoots } from "./extension-roots.js";

/** A taskserv as a list shows it. */
export interface CatalogEntry {
  readonly name: string;
  readonly version: string;
  readonly category: string;
  readonly description: string;
  /** Taskservs that come with it. */
  readonly requires: readonly string[];
  readonly conflictsWith: readonly string[];
  readonly type: "host" | "service";
  /** As in /etc/os-release; all versions when none is named. */
  readonly systems: readonly { readonly id: string; readonly versions: readonly string[] }[];
}

const catalogEntrySchema: z.ZodMiniType<CatalogEntry> = z.strictObject({
  name: z.string(),
  version: z.string(),
  category: z.string(),
  description: z.string(),
  requires: z.array(z.string()),
  conflictsWith: z.array(z.string()),
  type: z.enum(["host", "service"]),
  systems: z.array(z.strictObject({ id: z.string(), versions: z.array(z.string()) })),
});

/** Sorted by name. Works outside a workspace too. */
export const listCatalog = defineAction<Record<never, never>, readonly CatalogEntry[]>({
  name: "catalog.list",
  cedar: { action: "listCatalog", resource: "Catalog" },
  effect: "read",
  summary: "Lists the taskservs that could be installed.",
  input: z.strictObject({}),
  output: z.array(catalogEntrySchema),
  async run(context) {
    const found = await loadTaskservCatalog(await extensionRoots(context));
    const catalog = await withDependencies(context.platform.kclDir, found, found.keys());
    return [...catalog.values()]
      .map(({ manifest }) => entryOf(manifest))
      .sort((left, right) => left.name.localeCompare(right.name));
  },
});

function entryOf(manifest: TaskservManifest): CatalogEntry {
  const { name, version, category, description, requires, conflictsWith, type, systems } = manifest;
  return { name, version, category, description, requires, conflictsWith, type, systems };
}
