/** `trace`: what was logged because of one request, from all files of the workspace. */

import { join } from "node:path";
import { ProvisioningError } from "@provisioning/model";
import type { CliContext } from "../../cli-context.js";
import { commandLogFile } from "../../command-log.js";
import { EXIT } from "../../exit-codes.js";
import { writeResult } from "../../output.js";
import { runAction } from "../../run-action.js";
import { styleFor } from "../../style.js";
import { renderTrace } from "../../views/trace.js";
import { findServicePlace } from "../orchestrator/service-place.js";
import type { TraceFlags } from "../trace.js";
import { traceIdOf, type TraceSource, traceLines } from "./trace-lines.js";

export async function trace(this: CliContext, flags: TraceFlags, id: string): Promise<void> {
  await runAction(this, flags, async (context) => {
    const { root, runtimeDir, files } = await findServicePlace(context);
    const sources: TraceSource[] = [
      { source: "command", file: commandLogFile(runtimeDir) },
      { source: "service", file: files.log },
      { source: "task", folder: join(runtimeDir, "logs", "tasks") },
      { source: "workflow", folder: join(root, "logs", "workflows") },
    ];
    if (flags.log === "-") sources.push({ source: "service", text: (await context.readInput?.()) ?? "" });
    else if (flags.log !== undefined) sources.push({ source: "service", file: join(context.currentDir, flags.log) });
    const traceId = await traceIdOf(id, sources);
    const lines = traceId === undefined ? [] : await traceLines(traceId, sources);
    if (lines.length === 0) throw new TraceUnknownError(id);
    await writeResult(this, flags.output, lines, () => renderTrace(lines, styleFor(this.process.stdout, this.process.env)));
    return EXIT.ok;
  });
}

class TraceUnknownError extends ProvisioningError {
  constructor(id: string) {
    super({
      code: "TRACE_UNKNOWN",
      message: `Nothing in the logs of this workspace has the trace ${JSON.stringify(id.slice(0, 80))}.`,
      hint: "It is 32 hex digits, the first 8 are enough; an id of a task does, too. Lines in the journal: --log -",
    });
  }
}
