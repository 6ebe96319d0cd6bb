/**
 * What an action is: a name, what it needs to be allowed, what it takes and gives, and the function that does it.
 *
 * Every interface offers the same actions. Schemas describe what crosses a wire; what a caller in this process adds on top
 * (progress, confirmation, signals) is in the context.
 */

import type { ZodMiniType } from "zod/mini";
import type { ActionContext } from "./context.js";

/** What a policy names: the action, and the type of thing it is done to. */
export interface CedarAction {
  /** Unique; the id of the Cedar action: `Provisioning::Action::"planInfra"`. */
  readonly action: string;
  /** The Cedar entity type of the resource. */
  readonly resource: "Catalog" | "Infra" | "Machine" | "Run" | "Server" | "Workspace";
}

export interface Action<Input, Output> {
  /** `domain.verb`, the same in every interface. */
  readonly name: string;
  readonly cedar: CedarAction;
  /** `read` changes nothing that anyone would miss. */
  readonly effect: "read" | "change";
  /** One sentence for people. */
  readonly summary: string;
  readonly input: ZodMiniType<Input>;
  readonly output: ZodMiniType<Output>;
  readonly run: (context: ActionContext, input: Input) => Promise<Output>;
}

/** Checks that function and schemas agree. */
export function defineAction<Input, Output>(action: Action<Input, Output>): Action<Input, Output> {
  return action;
}
