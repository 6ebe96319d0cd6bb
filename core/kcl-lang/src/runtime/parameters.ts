/** Binding of arguments to parameters. */
import type { Type } from "../semantics/types.js";
import type { Code } from "./code.js";
import { convert } from "./convert.js";
import type { Environment } from "./environment.js";
import type { Machine } from "./machine.js";
import type { Arguments, Value } from "./values.js";

export interface ParameterCode {
  readonly name: string;
  readonly type: Type;
  readonly initial: Code | undefined;
}

/** Fills the slots of the environment in order. Too few arguments are refused where `callee` is named. */
export function bindParameters(
  machine: Machine,
  parameters: readonly ParameterCode[],
  args: Arguments,
  environment: Environment,
  callee: string | undefined,
): void {
  for (const [index, parameter] of parameters.entries()) {
    const given = index < args.positional.length || args.named.has(parameter.name);
    const value = index < args.positional.length ? args.positional[index] : args.named.get(parameter.name);
    environment.slots[index] = bindOne(machine, parameter, given, value, environment, callee);
  }
  if (callee === undefined) return;
  if (args.positional.length > parameters.length) {
    machine.fail(
      `${callee}() takes ${parameters.length} positional argument${parameters.length === 1 ? "" : "s"} but ${args.positional.length} were given`,
    );
  }
  const names = new Set(args.named.size === 0 ? [] : parameters.map((parameter) => parameter.name));
  for (const name of args.named.keys()) {
    if (!names.has(name)) machine.fail(`${callee}() got an unexpected keyword argument '${name}'`);
  }
}

function bindOne(
  machine: Machine,
  parameter: ParameterCode,
  given: boolean,
  value: Value,
  environment: Environment,
  callee: string | undefined,
): Value {
  if (given) return convert(machine, value, parameter.type, true);
  if (parameter.initial !== undefined) return convert(machine, parameter.initial(machine, environment), parameter.type, true);
  if (callee !== undefined) machine.fail(`${callee}() missing 1 required positional argument: '${parameter.name}'`);
  return undefined;
}
