/** Looks whether this machine has what the providers need, and what would be nice to have. */

import { providerName } from "@provisioning/model";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import type { ActionContext } from "../context.js";
import { findingsOfProviders, type MachineFinding, machineFindingsSchema } from "./findings.js";
import { optionalTools } from "./optional-tools.js";

/** Which installation answers. */
function platformFinding({ platform, platformVersion }: ActionContext): MachineFinding {
  const found = `${platform.root} (${platformVersion})`;
  return { id: "platform.root", provider: providerName("platform"), ok: true, required: true, title: "Platform", found };
}

export const examineMachine = defineAction({
  name: "machine.examine",
  cedar: { action: "examineMachine", resource: "Machine" },
  effect: "read",
  summary: "Looks whether this machine has what the providers need.",
  input: z.strictObject({}),
  output: machineFindingsSchema,
  run: async (context) => [
    platformFinding(context),
    ...(await findingsOfProviders(context, (look) => look())),
    ...(await optionalTools(context.environment)),
  ],
});
