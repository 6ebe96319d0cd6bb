/** The schema of an error as it is recorded and sent. */

import * as z from "zod/mini";
import type { ErrorRecord } from "../errors.js";

export const errorRecordSchema: z.ZodMiniType<ErrorRecord> = z.strictObject({
  code: z.string(),
  message: z.string(),
  hint: z.exactOptional(z.string()),
  retry: z.enum(["never", "later", "now"]),
  details: z.exactOptional(z.record(z.string(), z.unknown())),
});
