/** Tells the end of a run that somebody may have stopped waiting for. */

import { type ActionContext, type RunReport, tellRunEnd } from "@provisioning/actions";

/** `since`: when the command began to wait; a run that is older counts from then. What goes wrong is a warning. */
export async function tellEnd(
  context: ActionContext,
  { outcome, run }: { readonly outcome: string; readonly run?: RunReport },
  since: number,
): Promise<void> {
  // Whoever pressed Ctrl-C is there.
  if (run === undefined || context.drain.aborted) return;
  const durationMs = context.clock.now() - Math.max(since, Date.parse(run.createdAt));
  const { id, name, infra } = run;
  for (const text of await tellRunEnd(context, { id, name, infra, outcome, durationMs }))
    context.report({ type: "warning", text });
}
