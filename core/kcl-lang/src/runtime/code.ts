/** Compiled expressions: a closure that computes the value in an environment. */
import type { Environment } from "./environment.js";
import type { Machine } from "./machine.js";
import type { Value } from "./values.js";

export type Code = (machine: Machine, environment: Environment) => Value;
