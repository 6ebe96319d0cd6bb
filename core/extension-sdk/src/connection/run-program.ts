/** Sends a compiled program over a connection and reads its reports. */

import { createRedactor, ProvisioningError, type Redactor } from "@provisioning/model";
import { createReportParser, type ReportHandlers } from "../report/parser.js";
import type { ServerReport } from "../report/report.js";
import type { Connection } from "./connection.js";

export interface RunProgramOptions extends ReportHandlers {
  readonly redactor?: Redactor;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

/**
 * The report of a program that ran to its end; failed steps are in it and do not throw.
 * @throws ProvisioningError `SERVER_BUSY` (another program holds the lock), `PROGRAM_INTERRUPTED` (it ended without its summary), and what
 * the connection throws
 */
export async function runProgram(
  connection: Connection,
  program: string,
  options: RunProgramOptions = {},
): Promise<ServerReport> {
  const redactor = options.redactor ?? createRedactor();
  const parser = createReportParser(redactor, options);
  const { exit, stderrTail } = await connection.run(program, {
    onLine: (line) => parser.line(line),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
  });
  const report = parser.report();
  if (report.error) throw refusal(connection, report.error);
  if (report.summary) return report;
  const steps = report.steps.length;
  throw new ProvisioningError({
    code: "PROGRAM_INTERRUPTED",
    message: `The program on ${connection.description} ended early (exit ${exit}) after ${steps} ${steps === 1 ? "report" : "reports"}.`,
    hint: "Apply again: finished steps are found done and are not repeated.",
    retry: "now",
    details: { exit, stderr: redactor.text(stderrTail), steps },
  });
}

function refusal(connection: Connection, error: { readonly reason: string; readonly message: string }): ProvisioningError {
  const busy = error.reason === "LOCK_HELD";
  return new ProvisioningError({
    code: busy ? "SERVER_BUSY" : "PROGRAM_REFUSED",
    message: `${connection.description}: ${error.message}`,
    hint: busy
      ? "Wait for the other program, or look at the server for what hangs."
      : "Look at the server: its programs cannot run there.",
    retry: busy ? "later" : "never",
    details: { reason: error.reason },
  });
}
