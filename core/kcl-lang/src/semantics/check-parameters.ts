/** Parameters with defaults come last. */
import { kinds } from "../diagnostics/diagnostic.js";
import type { Parameter } from "../syntax/ast.js";
import type { Checker } from "./checker.js";

export function checkParameters(checker: Checker, parameters: readonly Parameter[]): void {
  const lastPlain = parameters.findLastIndex((parameter) => parameter.initial === undefined);
  for (const parameter of parameters.slice(0, Math.max(lastPlain, 0)).reverse()) {
    if (parameter.initial === undefined) continue;
    checker.report(kinds.parameter, "non-default argument follows default argument", parameter.initial.at, {
      notes: ["A default argument"],
    });
  }
}
