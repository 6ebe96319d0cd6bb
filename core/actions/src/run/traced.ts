/** Work on a run whose traces its workflow wants somewhere. */

import type { RunDefinition, RunEvent } from "@provisioning/model";
import type { ActionContext } from "../context.js";
import { RunTelemetry } from "../telemetry/run-telemetry.js";

/** A service traces everything that it stores; only a command that works for itself has to do it here. */
export async function traced<T>(
  context: ActionContext,
  definition: RunDefinition,
  work: (note: (event: RunEvent) => void) => Promise<T>,
): Promise<T> {
  if (context.service !== undefined) return work(() => {});
  const onTrouble = (reason: string) =>
    context.report({ type: "warning", text: `Traces of the workflow could not be sent: ${reason}` });
  const telemetry = new RunTelemetry({ version: context.platformVersion, onTrouble });
  telemetry.read(definition.id, definition);
  try {
    return await work((event) => telemetry.stored(definition.id, [event]));
  } finally {
    await telemetry.close();
  }
}
