/** The status of a run on a wire. */

import * as z from "zod/mini";
import type { RunStatus } from "../run.js";

export const runStatusSchema: z.ZodMiniType<RunStatus> = z.enum([
  "pending",
  "running",
  "rollingBack",
  "paused",
  "completed",
  "failed",
  "cancelled",
  "rolledBack",
]);
