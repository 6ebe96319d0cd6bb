/** Asks for a change and goes away as soon as its run has begun, where a service does it. Without one it is done here. */

import { type ActionContext, type InputOf, invoke, type OutputOf, type RunReport } from "@provisioning/actions";
import type { Plan, RunId } from "@provisioning/model";

type Leavable = "batch.submit" | "workflow.run";

export type Begun<Name extends Leavable> =
  | { readonly isLeft: true; readonly run: RunReport; readonly plan?: Plan }
  | { readonly isLeft: false; readonly result: OutputOf<Name> };

export async function leaveToService<Name extends Leavable>(
  name: Name,
  context: ActionContext,
  input: InputOf<Name>,
): Promise<Begun<Name>> {
  let begun: RunId | undefined;
  let plan: Plan | undefined;
  const leaving: ActionContext = {
    ...context,
    leaveWhen(event) {
      if (event.type === "planned") plan = event.plan;
      // What an earlier command left is finished first.
      if (event.type === "runStarted" && !event.resumed) begun = event.runId;
      return begun !== undefined;
    },
  };
  const result = await invoke(name, leaving, input);
  if (begun === undefined) return { isLeft: false, result };
  const run = await invoke("run.show", context, { id: begun });
  return { isLeft: true, run, ...(plan === undefined ? {} : { plan }) };
}

export function leftText({ id, purpose }: RunReport): string {
  const group = purpose === "batch" ? "batch" : "workflow";
  return [
    `Submitted as ${id}. The service carries it out.`,
    `→ Follow it to its end: provisioning batch monitor ${id}`,
    `→ See how far it is: provisioning ${group} status ${id}`,
  ].join("\n");
}
