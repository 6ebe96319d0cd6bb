/** Looks whether this machine has what the providers need, and what would be nice to have. */

import * as z from "zod/mini";
import { defineAction } from "../action.js";
import { findingsOfProviders, machineFindingsSchema } from "./findings.js";
import { optionalTools } from "./optional-tools.js";

export const examineMachine = defineAction({
  name: "machine.examine",
  cedar: { action: "examineMachine", resource: "Machine" },
  effect: "read",
  summary: "Looks whether this machine has what the providers need.",
  input: z.strictObject({}),
  output: machineFindingsSchema,
  run: async (context) => [
    ...(await findingsOfProviders(context, (look) => look())),
    ...(await optionalTools(context.environment)),
  ],
});
