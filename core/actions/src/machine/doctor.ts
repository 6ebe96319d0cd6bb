/** Looks whether this machine has what the providers need, and fixes what can be fixed safely. */

import { type ProviderFinding, type ProviderModule } from "@provisioning/extension-sdk";
import { providerName } from "@provisioning/model";
import { importProvider, knownProviders } from "@provisioning/workspace";
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

export interface DoctorInput {
  readonly fix: boolean;
}

/** With `fix`, what could be fixed is looked at again; a fix that fails throws. */
export async function examineMachine(context: ActionContext, input: DoctorInput): Promise<readonly MachineFinding[]> {
  const roots = [context.platform.extensionsDir];
  const findings: MachineFinding[] = [];
  for (const name of await knownProviders(roots)) {
    const module = await importProvider(roots, providerName(name));
    const look = async () => (await module.preflight?.({ env: context.environment, signal: context.signal })) ?? [];
    let found = await look();
    if (input.fix && (await fixAll(context, found))) found = await look();
    findings.push(...found.map((finding) => toMachineFinding(name, finding)));
  }
  return findings;
}

/** In the given order: a later fix may need an earlier one. True when anything was done. */
async function fixAll(
  context: ActionContext,
  findings: Awaited<ReturnType<NonNullable<ProviderModule["preflight"]>>>,
): Promise<boolean> {
  let done = false;
  for (const finding of findings) {
    if (finding.ok || finding.fix?.run === undefined) continue;
    context.report({ type: "phase", title: finding.fix.text });
    await finding.fix.run((text) => context.report({ type: "note", text }));
    done = true;
  }
  return done;
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
