/**
 * Wait conditions are KCL expressions over `run` (id, name, infra, labels) and `outputs` (by operation, of those that have completed).
 * `&&`, `||` and `!` are accepted. They see no files and are stopped when they take long.
 */

import { evaluateExpression, type EvaluateResult, type JsonValue, type KclDiagnostic } from "@provisioning/kcl-lang";
import { ProvisioningError } from "@provisioning/model";
import type { Conditions, ConditionScope } from "@provisioning/workflow";

/** A condition is looked at every second; one that takes longer than this is not meant as one. */
const LIMITS = { steps: 100_000, ms: 500 } as const;

/** Longer ones are programs. */
const MAX_LENGTH = 4_000;

export const kclConditions: Conditions = {
  check(expression) {
    if (expression.trim() === "") return "it is empty.";
    if (expression.length > MAX_LENGTH) return `it has more than ${MAX_LENGTH} characters.`;
    const result = evaluate(expression, EMPTY);
    return result.ok ? undefined : result.diagnostics.map(wrongAnyway).find((text) => text !== undefined);
  },
  holds(expression, scope) {
    const result = evaluate(expression, scope);
    if (!result.ok) return Promise.reject(new ConditionInvalidError(result.diagnostics.map(textOf).join("; ")));
    if (typeof result.value === "boolean") return Promise.resolve(result.value);
    return Promise.reject(new ConditionInvalidError("it gives neither True nor False"));
  },
};

class ConditionInvalidError extends ProvisioningError {
  constructor(message: string) {
    super({ code: "BATCH_CONDITION_INVALID", message });
  }
}

/** Before anything has happened. */
const EMPTY = { run: { id: "", name: "", infra: "", labels: {} }, outputs: {} };

function evaluate(expression: string, { run, outputs }: ConditionScope | typeof EMPTY): EvaluateResult {
  return evaluateExpression(expression, { run: run as unknown as JsonValue, outputs: outputs as JsonValue }, LIMITS);
}

const SYNTAX = "E1001";

/** The language reports a name that the scope lacks when it is read; that is the only finding of a run that outputs cannot put right. */
const UNKNOWN_NAME = /^name '.*' is not defined/;

/** What is missing among the outputs may come; wrong syntax and unknown names stay wrong. */
function wrongAnyway(finding: KclDiagnostic): string | undefined {
  return finding.code === SYNTAX || UNKNOWN_NAME.test(finding.message) ? textOf(finding) : undefined;
}

function textOf({ message, position }: KclDiagnostic): string {
  return `${message} (column ${position.column}).`;
}
