/** The providers that a workspace can use, with what they declare: sizes, limits, images. Nothing of a cloud is asked. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ProviderCapabilities, SERVER_PLANS, type ServerPlanName } from "@provisioning/extension-sdk";
import { isJsonObject, type ProviderName, providerName, textOf } from "@provisioning/model";
import { providerNameSchema } from "@provisioning/model/wire";
import { knownProviders, loadProvider, providerManifest } from "@provisioning/workspace";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import { extensionRoots } from "./extension-roots.js";

export interface ProviderEntry extends ProviderCapabilities {
  readonly name: ProviderName;
  readonly version: string;
  readonly description: string;
}

const planSchema = z.strictObject({
  cpu: z.number(),
  memoryMiB: z.number(),
  diskGiB: z.number(),
  nativeName: z.exactOptional(z.string()),
});

export const listProviders = defineAction<Record<never, never>, readonly ProviderEntry[]>({
  name: "catalog.providers",
  cedar: { action: "listProviders", resource: "Catalog" },
  effect: "read",
  summary: "Lists the providers with the sizes, limits and images that they declare.",
  input: z.strictObject({}),
  output: z.array(
    z.strictObject({
      name: providerNameSchema,
      version: z.string(),
      description: z.string(),
      plans: z.record(z.enum(SERVER_PLANS), planSchema) as unknown as z.ZodMiniType<
        Record<ServerPlanName, z.infer<typeof planSchema>>
      >,
      limits: z.strictObject({ rate: z.number(), batchSize: z.number() }),
      images: z.array(z.string()),
    }),
  ),
  async run(context) {
    const roots = await extensionRoots(context);
    const folder = await mkdtemp(join(tmpdir(), "provisioning-providers-"));
    try {
      const entries: ProviderEntry[] = [];
      for (const known of await knownProviders(roots)) {
        const name = providerName(known);
        const manifest = await providerManifest(roots, name);
        const { version, description } = isJsonObject(manifest) ? manifest : {};
        // Whoever only declares writes nothing; a folder of its own makes sure of it.
        const provider = await loadProvider(roots, name, {
          settings: {},
          dataDir: join(folder, name),
          env: context.environment,
          kclDir: context.platform.kclDir,
          configured: new Set(),
        });
        const { plans, limits, images } = provider.capabilities;
        await provider.close();
        entries.push({ name, version: textOf(version), description: textOf(description), plans, limits, images });
      }
      return entries;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
});
