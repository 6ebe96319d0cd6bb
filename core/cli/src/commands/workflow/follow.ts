/** Follows a run, whoever works on it: tells what happens as it happens, then how it ended. */

import { type ActionContext, invoke, type RunReport } from "@provisioning/actions";
import type { RunId } from "@provisioning/model";
import type { CliContext } from "../../cli-context.js";
import { EXIT, type ExitCode } from "../../exit-codes.js";
import { type OutputFormat, writeItem, writeResult } from "../../output.js";
import { styleFor } from "../../style.js";
import { renderLogs } from "../../views/logs.js";
import { printable } from "../../views/printable.js";
import { isDrawn } from "../../views/progress/progress.js";
import { renderRun } from "../../views/run.js";

/** What is stored is looked at again after so long. */
const POLL_MS = 500;

/** A worker that died is missed so many times in a row before that is believed: between two of them nobody may hold the run for a moment. */
const MISSED_POLLS = 10;

const ENDED: ReadonlySet<RunReport["status"]> = new Set<RunReport["status"]>(["completed", "failed", "cancelled", "rolledBack"]);

/** What happens goes to stderr, how it ended to stdout; as data both are a stream on stdout, a JSON object a line. Ends with the run, when nobody works on it any more, or when it is paused. */
export async function followRun(
  cli: CliContext,
  flags: { readonly output: OutputFormat },
  context: ActionContext,
  id: string,
): Promise<ExitCode> {
  // `last` must not become another run in the middle.
  const { id: run } = await invoke("run.show", context, { id });
  const stop = AbortSignal.any([context.signal, context.drain]);
  const isData = flags.output === "json" || flags.output === "yaml";
  const tellNews = isDrawn(cli) && !isData ? drawing(context, run) : telling(cli, context, run, isData);
  let missed = 0;
  for (;;) {
    const report = await invoke("run.show", context, { id: run });
    await tellNews();
    // One that waits for a worker is waited for.
    missed = report.interrupted && report.status !== "pending" ? missed + 1 : 0;
    if (ENDED.has(report.status) || report.status === "paused" || missed >= MISSED_POLLS || stop.aborted) {
      const style = styleFor(cli.process.stdout, cli.process.env);
      if (isData) writeItem(cli, { type: "run", ...report });
      else await writeResult(cli, flags.output, report, () => renderRun(report, style));
      return exitOf(report.status);
    }
    await context.clock.sleep(POLL_MS, stop).catch(() => {});
  }
}

/** On a terminal: as the command shows it that carries the run out. */
function drawing(context: ActionContext, run: RunId): () => Promise<void> {
  let seen = 0;
  return async () => {
    const { operations, events, next } = await invoke("run.events", context, { id: run, after: seen });
    seen = next;
    if (operations !== undefined)
      context.report({ type: "runStarted", runId: run, operations, resumed: false, isWatched: true, longAfterMs: Infinity });
    for (const event of events) context.report({ type: "run", event });
  };
}

/** Line by line. */
function telling(cli: CliContext, context: ActionContext, run: RunId, isData: boolean): () => Promise<void> {
  const style = styleFor(cli.process.stderr, cli.process.env);
  let told = 0;
  return async () => {
    const lines = await invoke("run.logs", context, { id: run });
    const fresh = lines.slice(told);
    told = lines.length;
    if (isData) for (const line of fresh) writeItem(cli, { type: "line", ...line });
    else if (fresh.length > 0) cli.process.stderr.write(`${printable(renderLogs(fresh, style), style.colours)}\n`);
  };
}

function exitOf(status: RunReport["status"]): ExitCode {
  if (status === "completed") return EXIT.ok;
  return status === "failed" || status === "rolledBack" ? EXIT.failure : EXIT.interrupted;
}
