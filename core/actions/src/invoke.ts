/**
 * The one way into an action, for every interface: what was given is checked against the action's schema, then the action runs.
 *
 * An action's code is loaded when it is invoked. Where a service runs that does it, the service is asked instead.
 */

import { channel } from "node:diagnostics_channel";
import { ProvisioningError } from "@provisioning/model";
import en from "zod/v4/locales/en.js";
import type { ZodMiniType } from "zod/mini";
import type { Action } from "./action.js";
import { type ActionName, actionTable } from "./action-table.js";
import type { ActionContext } from "./context.js";
import { isLocalAction } from "./local-actions.js";
import type { WorkflowInput } from "./workflow/input.js";
import type { RunWorkflowInput } from "./workflow/run.js";

type ActionOf<Name extends ActionName> = Awaited<ReturnType<(typeof actionTable)[Name]>>;
export type InputOf<Name extends ActionName> = ActionOf<Name> extends Action<infer Input, infer _> ? Input : never;
export type OutputOf<Name extends ActionName> = ActionOf<Name> extends Action<infer _, infer Output> ? Output : never;

/** Tells whoever subscribes in this process that an action's own work begins and ends: what is before and after it is start-up and output. */
const begins = channel("provisioning.action.begins");
const ends = channel("provisioning.action.ends");

/** @throws InputInvalidError; whatever the action throws */
export async function invoke<Name extends ActionName>(
  name: Name,
  context: ActionContext,
  input: InputOf<Name>,
): Promise<OutputOf<Name>> {
  const asked =
    isLocalAction(name) || isRehearsal(input)
      ? undefined
      : await context.askService?.(name, () => inputToSend(name, context, input), context.leaveWhen);
  if (asked !== undefined) return asked.answer as OutputOf<Name>;
  // The table says which input belongs to which name; the compiler cannot follow a name that is not known yet.
  const action = (await actionTable[name]()) as unknown as Action<InputOf<Name>, OutputOf<Name>>;
  begins.publish(name);
  try {
    return await action.run(context, parseInput(action, input));
  } finally {
    ends.publish(name);
  }
}

/** What counts here and is not there goes along. */
async function inputToSend(name: ActionName, context: ActionContext, input: unknown): Promise<unknown> {
  if (!OF_DOCUMENTS.has(name)) return input;
  const { bindEnvironment } = await import("./workflow/bind-environment.js");
  const { wait, ...bound } = (await bindEnvironment(context, input as WorkflowInput)) as RunWorkflowInput;
  // Whoever leaves does not wait either way; a run that its request carries out has the settings of the request.
  return wait === undefined || context.leaveWhen !== undefined ? bound : { ...bound, wait };
}

const OF_DOCUMENTS: ReadonlySet<ActionName> = new Set<ActionName>(["workflow.plan", "workflow.run", "workflow.validate"]);

/** It only looks, and a service would write down that it was asked. */
function isRehearsal(input: unknown): boolean {
  return typeof input === "object" && input !== null && (input as { readonly check?: unknown }).check === true;
}

/** What was given does not fit the action's schema. Nothing was done. */
export class InputInvalidError extends ProvisioningError {
  /** `problems`: a place and what is wrong with it, in words. */
  constructor(
    action: string,
    readonly problems: readonly string[],
  ) {
    super({
      code: "INPUT_INVALID",
      message: `${action} cannot use what it was given: ${problems.join("; ")}.`,
      hint: "What each action takes is in docs/user/reference/actions.md.",
      details: { problems },
    });
  }
}

const error = en().localeError;

function parseInput<Input>(
  { name, input }: { readonly name: string; readonly input: ZodMiniType<Input> },
  value: unknown,
): Input {
  const parsed = input.safeParse(value, { error });
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => [...path.map(String), message].join(": "));
  throw new InputInvalidError(name, problems);
}
