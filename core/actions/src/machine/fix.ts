/** Fixes what can be fixed safely on this machine. */

import type { ProviderFinding } from "@provisioning/extension-sdk";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import type { ActionContext } from "../context.js";
import { findingsOfProviders, type Look, machineFindingsSchema } from "./findings.js";

/** What could be fixed is looked at again; a fix that fails throws. */
export const fixMachine = defineAction({
  name: "machine.fix",
  cedar: { action: "fixMachine", resource: "Machine" },
  effect: "change",
  summary: "Installs and starts what the providers need on this machine, as far as that is safe.",
  input: z.strictObject({}),
  output: machineFindingsSchema,
  run: (context) => findingsOfProviders(context, (look) => fixAll(context, look)),
});

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
