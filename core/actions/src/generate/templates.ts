/** What can be generated, with the files that each kind consists of. */

import { join, relative } from "node:path";
import { fillTemplate } from "@provisioning/workspace";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import { GENERATED_KINDS, type GeneratedKind, KINDS } from "./kinds.js";

export interface TemplateInfo {
  readonly kind: GeneratedKind;
  readonly description: string;
  /** Relative to the platform's installation. */
  readonly folder: string;
  /** With placeholders, relative to the folder. */
  readonly files: readonly string[];
}

export const listTemplates = defineAction<Record<never, never>, readonly TemplateInfo[]>({
  name: "generate.templates",
  cedar: { action: "listTemplates", resource: "Catalog" },
  effect: "read",
  summary: "Lists what can be generated, and the files that each template consists of.",
  input: z.strictObject({}),
  output: z.array(
    z.strictObject({
      kind: z.enum(GENERATED_KINDS),
      description: z.string(),
      folder: z.string(),
      files: z.array(z.string()),
    }),
  ),
  run: async ({ platform }) =>
    Promise.all(
      GENERATED_KINDS.map(async (kind) => {
        const dir = join(platform.templatesDir, kind);
        const files = (await fillTemplate(dir, {})).map(({ path }) => path);
        return { kind, description: KINDS[kind].description, folder: relative(platform.root, dir), files };
      }),
    ),
});
