/** What can go wrong in a step of a workflow document while it runs. */

import { ProvisioningError } from "@provisioning/model";

/** A value that a step needs is not there. */
export class ValueMissingError extends ProvisioningError {
  constructor(name: string, source: string) {
    super({
      code: "WORKFLOW_VALUE_MISSING",
      message: `${name} has no value: ${source}.`,
      hint: "Have the step give it in every case, or skip the step that uses it with a condition: when.",
      details: { name },
    });
  }
}

/** A condition cannot be evaluated, or is neither true nor false. */
export class ConditionError extends ProvisioningError {
  constructor(what: string, reason: string) {
    super({
      code: "WORKFLOW_CONDITION_FAILED",
      message: `${what} cannot be evaluated: ${reason}`,
      hint: "Correct the condition; it sees the variables and the outputs of earlier steps.",
    });
  }
}

/** What came out of other steps does not fit the task's parameters. Nothing was done. */
export class ParamsError extends ProvisioningError {
  constructor(task: string, problems: readonly string[]) {
    super({
      code: "WORKFLOW_PARAMS_INVALID",
      message: `${task} cannot use its parameters: ${problems.join(" ")}`,
      hint: `See what it takes with: provisioning workflow tasks ${task}`,
    });
  }
}
