/** Shows what a removal would take away, and changes nothing. */

import type { Plan } from "@provisioning/model";
import { planSchema } from "@provisioning/model/wire";
import { makePlan } from "@provisioning/planner";
import { defineAction } from "../action.js";
import { type InfraSession, openInfraSession } from "../session.js";
import { planInputSchema } from "./plan.js";
import { narrow, type Targets } from "./targets.js";

export const planRemoval = defineAction({
  name: "infra.planRemoval",
  cedar: { action: "planRemoval", resource: "Infra" },
  effect: "read",
  summary: "Shows what a removal would take away, and changes nothing.",
  input: planInputSchema,
  output: planSchema,
  async run(context, input) {
    const session = await openInfraSession(context, { ...input, mode: "read", definition: "ignore" });
    try {
      return planDestruction(session, input.targets);
    } finally {
      await session.close();
    }
  },
});

/** Without targets: everything. */
export function planDestruction(session: InfraSession, targets: Targets | undefined): Plan {
  const plan = makePlan({ infra: session.infra, desired: [], recorded: session.records.list(), observed: new Map() });
  const wanted = { ...plan, changes: plan.changes.map((change) => ({ ...change, reasons: ["you asked for it"] })) };
  return narrow(wanted, targets);
}
