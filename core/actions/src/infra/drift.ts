/** Shows what was changed behind our back. */

import { planSchema } from "@provisioning/model/wire";
import { defineAction } from "../action.js";
import { planInfra, planInputSchema } from "./plan.js";

/**
 * Only what differs though nobody asked for a change, and what is as recorded: without either, nothing was made yet and nothing can
 * have drifted.
 */
export const driftOfInfra = defineAction({
  name: "infra.drift",
  cedar: { action: "driftOfInfra", resource: "Infra" },
  effect: "read",
  summary: "Shows what was changed behind our back.",
  input: planInputSchema,
  output: planSchema,
  async run(context, input) {
    const plan = await planInfra.run(context, input);
    return {
      infra: plan.infra,
      changes: plan.changes.filter((change) => change.drift || change.kind === "read" || change.kind === "none"),
    };
  },
});
