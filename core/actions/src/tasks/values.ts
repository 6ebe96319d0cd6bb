/** Where the values of names come from when a step runs: what was given, earlier steps, the environment of whoever carries it out. */

import { isJsonObject, type Json, type JsonObject, type OperationId } from "@provisioning/model";
import type { StepInput } from "@provisioning/planner";
import type { OperationContext } from "@provisioning/workflow";
import { ValueMissingError } from "./errors.js";

export interface Values {
  /** @throws ValueMissingError */
  of(name: string): Json;
  /** All that have a value. */
  all(): JsonObject;
}

export function valuesOf(
  input: StepInput,
  { outputOf }: Pick<OperationContext, "outputOf">,
  environment: Readonly<Record<string, string | undefined>>,
): Values {
  const known = new Map<string, Json>(Object.entries(input.variables ?? {}));
  const missing = new Map<string, string>();
  for (const name of input.environment ?? []) {
    const value = environment[name];
    if (value === undefined) missing.set(name, "it is taken from the environment, which does not have it here");
    else known.set(name, typedText(value));
  }
  for (const [name, step] of Object.entries(input.from ?? {})) {
    const value = outputNamed(outputOf(step as OperationId), name);
    if (value !== undefined) known.set(name, value);
    else missing.set(name, `${step} was skipped or did not give it`);
  }
  return {
    of(name) {
      const value = known.get(name);
      if (value === undefined) throw new ValueMissingError(name, missing.get(name) ?? "nothing gives it");
      return value;
    },
    all: () => Object.fromEntries(known),
  };
}

function outputNamed(output: Json | undefined, name: string): Json | undefined {
  const outputs = isJsonObject(output) ? output.outputs : undefined;
  return isJsonObject(outputs) && Object.hasOwn(outputs, name) ? outputs[name] : undefined;
}

/**
 * A variable that was given as text: numbers and truth values as such, when writing them down again gives the same text; so versions and
 * numbers with leading zeros stay what they are.
 */
export function typedText(text: string): Json {
  if (text === "true" || text === "false") return text === "true";
  const number = Number(text);
  return text !== "" && Number.isFinite(number) && String(number) === text ? number : text;
}
