/** The log of the service: one JSON object a line, each with the trace that it belongs to. */

import { randomBytes } from "node:crypto";
import { type DestinationStream, type Logger, pino } from "pino";

/** Lines that belong to no request have a trace of the process. */
export function createLogger(level: string, out: DestinationStream): Logger {
  const own = { trace_id: randomBytes(16).toString("hex") };
  return pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      messageKey: "message",
      formatters: { level: (label) => ({ level: label }) },
      mixin: (facts) => ("trace_id" in facts ? {} : own),
    },
    out,
  );
}
