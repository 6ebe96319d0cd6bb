/** What every provider finds on this machine. */

import type { ProviderFinding } from "@provisioning/extension-sdk";
import { providerName } from "@provisioning/model";
import { providerNameSchema } from "@provisioning/model/wire";
import { importProvider, knownProviders } from "@provisioning/workspace";
import * as z from "zod/mini";
import type { ActionContext } from "../context.js";

export interface MachineFinding {
  readonly id: string;
  readonly provider: string;
  readonly ok: boolean;
  readonly required: boolean;
  readonly title: string;
  readonly found: string;
  readonly fix?: { readonly text: string; readonly commands: readonly (readonly string[])[]; readonly automatic: boolean };
}

export const machineFindingsSchema: z.ZodMiniType<readonly MachineFinding[]> = z.array(
  z.strictObject({
    id: z.string(),
    provider: providerNameSchema,
    ok: z.boolean(),
    required: z.boolean(),
    title: z.string(),
    found: z.string(),
    fix: z.exactOptional(z.strictObject({ text: z.string(), commands: z.array(z.array(z.string())), automatic: z.boolean() })),
  }),
);

export type Look = () => Promise<readonly ProviderFinding[]>;

/** `examine` is called once for each provider. */
export async function findingsOfProviders(
  context: ActionContext,
  examine: (look: Look) => Promise<readonly ProviderFinding[]>,
): Promise<readonly MachineFinding[]> {
  const roots = [context.platform.extensionsDir];
  const findings: MachineFinding[] = [];
  for (const name of await knownProviders(roots)) {
    const module = await importProvider(roots, providerName(name));
    const found = await examine(
      async () => (await module.preflight?.({ env: context.environment, signal: context.signal })) ?? [],
    );
    findings.push(...found.map((finding) => toMachineFinding(name, finding)));
  }
  return findings;
}

function toMachineFinding(provider: string, finding: ProviderFinding): MachineFinding {
  const { id, ok, required, title, found, fix } = finding;
  return {
    id,
    provider,
    ok,
    required,
    title,
    found,
    ...(fix === undefined ? {} : { fix: { text: fix.text, commands: fix.command ?? [], automatic: fix.run !== undefined } }),
  };
}
