/** Looks whether this machine has what the providers need. */

import * as z from "zod/mini";
import { defineAction } from "../action.js";
import { findingsOfProviders, machineFindingsSchema } from "./findings.js";

export const examineMachine = defineAction({
  name: "machine.examine",
  cedar: { action: "examineMachine", resource: "Machine" },
  effect: "read",
  summary: "Looks whether this machine has what the providers need.",
  input: z.strictObject({}),
  output: machineFindingsSchema,
  run: (context) => findingsOfProviders(context, (look) => look()),
});
