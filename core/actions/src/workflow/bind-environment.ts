/**
 * Binds what a workflow document takes from the environment of whoever asks a service, as far as it may be stored: a service
 * has an environment of its own, and what is sent is kept with the run. Secrets stay here.
 */

import { looksSecret } from "@provisioning/config";
import { type JsonObject, ProvisioningError } from "@provisioning/model";
import { type StepInput, soleName } from "@provisioning/planner";
import type { ActionContext } from "../context.js";
import { loadedTask } from "../tasks/task-table.js";
import { typedText } from "../tasks/values.js";
import type { CompiledDocument } from "./compiler.js";
import type { WorkflowInput } from "./input.js";
import { compileChosen } from "./prepare.js";

/** What cannot be read here is left to the service, which tells why. */
export async function bindEnvironment<Input extends WorkflowInput>(context: ActionContext, input: Input): Promise<Input> {
  try {
    const { compiled } = await compileChosen(context, input);
    const bound = Object.fromEntries(
      [...namesToSend(compiled)].map((name) => [name, typedText(context.environment[name] ?? "")] as const),
    );
    return { ...input, variables: { ...bound, ...input.variables } };
  } catch (error) {
    if (error instanceof ProvisioningError) return input;
    throw error;
  }
}

function namesToSend({ operations }: CompiledDocument): ReadonlySet<string> {
  const names = new Set<string>();
  const secret = new Set<string>();
  for (const operation of operations) {
    const { task, params, environment = [] } = operation.input as unknown as StepInput & { readonly task: string };
    const known = loadedTask(task);
    for (const key of (known !== undefined && "secrets" in known && known.secrets) || []) {
      const name = soleName((params as JsonObject)[key]);
      if (name !== undefined) secret.add(name);
    }
    for (const name of environment) names.add(name);
  }
  return new Set([...names].filter((name) => !secret.has(name) && !looksSecret(name)));
}
