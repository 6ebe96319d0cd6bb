/** How a change of an infra ended. */

import type { Plan, RunId } from "@provisioning/model";
import { planSchema, runIdSchema } from "@provisioning/model/wire";
import type { RunState } from "@provisioning/workflow";
import * as z from "zod/mini";
import { type RunReport, runReportSchema } from "../run/report.js";

export type ApplyResult =
  /** `roundTrips`: programs sent to servers, all together. */
  | { readonly outcome: "unchanged"; readonly plan: Plan; readonly roundTrips: number; readonly resumed?: RunReport }
  | { readonly outcome: "declined"; readonly plan: Plan }
  /** A service carries it out, and nobody waited for that. */
  | { readonly outcome: "submitted"; readonly id: RunId; readonly plan: Plan; readonly run: RunReport }
  | {
      readonly outcome: RunEnd;
      /** Of the run. */
      readonly id: RunId;
      readonly plan: Plan;
      readonly run: RunReport;
      readonly resumed?: RunReport;
    };

const resumed = { resumed: z.exactOptional(runReportSchema) };
export const applyResultSchema: z.ZodMiniType<ApplyResult> = z.discriminatedUnion("outcome", [
  z.strictObject({ outcome: z.literal("unchanged"), plan: planSchema, roundTrips: z.int(), ...resumed }),
  z.strictObject({ outcome: z.literal("declined"), plan: planSchema }),
  z.strictObject({ outcome: z.literal("submitted"), id: runIdSchema, plan: planSchema, run: runReportSchema }),
  z.strictObject({
    outcome: z.enum(["completed", "failed", "cancelled", "rolledBack", "paused"]),
    id: runIdSchema,
    plan: planSchema,
    run: runReportSchema,
    ...resumed,
  }),
]);

/** `paused`: somebody asked for it; it has not ended. */
type RunEnd = "completed" | "failed" | "cancelled" | "rolledBack" | "paused";

/** A run that a command leaves without an end was interrupted. */
export function outcomeOf({ status }: RunState): RunEnd {
  return status === "pending" || status === "running" || status === "rollingBack" ? "cancelled" : status;
}
