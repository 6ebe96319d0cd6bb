/** Looks whether this machine has what the providers need, and fixes what can be fixed safely. */

import type { ProviderFinding } from "@provisioning/extension-sdk";
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
    const look: Look = async () => (await module.preflight?.({ env: context.environment, signal: context.signal })) ?? [];
    const found = input.fix ? await fixAll(context, look) : await look();
    findings.push(...found.map((finding) => toMachineFinding(name, finding)));
  }
  return findings;
}

type Look = () => Promise<readonly ProviderFinding[]>;

/**
 * Does each fix once, one at a time, and looks again after it: a fix may be what a later finding needs to be found at all (an image
 * cannot be looked for without an engine). What is left at the end.
 */
async function fixAll(context: ActionContext, look: Look): Promise<readonly ProviderFinding[]> {
  const done = new Set<string>();
  for (;;) {
    const found = await look();
    const next = found.find((finding) => !finding.ok && finding.fix?.run !== undefined && !done.has(finding.id));
    if (next?.fix?.run === undefined) return found;
    done.add(next.id);
    context.report({ type: "phase", title: `${next.title}: ${next.fix.text}` });
    await next.fix.run((text) => context.report({ type: "note", text }));
  }
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
