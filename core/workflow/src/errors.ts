/** What can go wrong with runs themselves. What goes wrong inside an operation is recorded as an event of its run. */

import { type OperationId, ProvisioningError, type RunId } from "@provisioning/model";

/** Events that cannot follow one another: a bug, or a journal that was tampered with. */
export class IllegalTransitionError extends ProvisioningError {
  constructor(
    readonly status: string,
    readonly event: string,
    detail?: string,
  ) {
    super({
      code: "TRANSITION_ILLEGAL",
      message: `${event} cannot happen to what is ${status}${detail === undefined ? "" : ` (${detail})`}.`,
      hint: "This is a bug in provisioning, or the stored run was changed by hand. Please report it.",
      details: { status, event },
    });
  }
}

/** A definition that cannot be run. Nothing was stored. */
export class WorkflowInvalidError extends ProvisioningError {
  constructor(
    name: string,
    readonly problems: readonly string[],
  ) {
    super({
      code: "WORKFLOW_INVALID",
      message: `${name} cannot be run: ${problems.slice(0, 5).join("; ")}${problems.length > 5 ? "; …" : ""}.`,
      hint: "Correct the dependencies and limits of its operations.",
      details: { problems },
    });
  }
}

/** Another worker took the run over. This one has stopped and recorded nothing more. */
export class LeaseLostError extends ProvisioningError {
  constructor(
    readonly runId: RunId,
    options?: ErrorOptions,
  ) {
    super(
      {
        code: "LEASE_LOST",
        message: `The run ${runId} was taken over by another worker, or the store did not answer until one could have.`,
        hint: `Look at it with: provisioning workflow status ${runId}`,
        retry: "later",
        details: { runId },
      },
      options,
    );
  }
}

/** Nobody knows how to do these actions. Nothing was started. */
export class HandlerMissingError extends ProvisioningError {
  constructor(readonly actions: readonly string[]) {
    super({
      code: "HANDLER_MISSING",
      message: `There is no handler for ${actions.join(", ")}.`,
      hint: "Install the extension that brings it, then run the command again: it goes on where it was.",
      details: { actions },
    });
  }
}

/** One attempt took longer than it may. */
export class OperationTimeoutError extends ProvisioningError {
  constructor(title: string, timeoutMs: number) {
    super({
      code: "TIMEOUT",
      message: `${title} did not finish within ${timeoutMs} ms.`,
      hint: "Raise its timeout if it only needs longer.",
      retry: "now",
      details: { timeoutMs },
    });
  }
}

/** Why running operations are told to stop when somebody cancels their run. */
export class RunCancelledError extends ProvisioningError {
  constructor(by: string, reason: string) {
    super({
      code: "CANCELLED",
      message: `Cancelled by ${by}: ${reason}.`,
      hint: "Run the command again to go on.",
      details: { by, reason },
    });
  }
}

/** The operation's handler has no way back. */
export class NotCompensableError extends ProvisioningError {
  constructor(title: string) {
    super({ code: "NOT_COMPENSABLE", message: `${title} cannot be undone.`, hint: "Undo it by hand if it must not stay." });
  }
}

/** A rollback was asked for while the run still works. */
export class RunNotEndedError extends ProvisioningError {
  constructor(readonly runId: RunId) {
    super({
      code: "RUN_NOT_ENDED",
      message: `The run ${runId} has not ended yet.`,
      hint: "Wait for its end, or stop the command that works on it.",
      retry: "later",
      details: { runId },
    });
  }
}

/** What was asked for does not go with what the run is. Nothing was changed. */
export class RunStatusError extends ProvisioningError {
  constructor(runId: RunId, status: string, asked: string) {
    super({
      code: "RUN_STATUS",
      message: `Run ${runId} is ${status}; it cannot be ${asked}.`,
      hint: `Look at it with: provisioning workflow status ${runId}`,
      details: { runId, status },
    });
  }
}

/** The operation cannot be passed over or retried as it is. Nothing was changed. */
export class OperationStatusError extends ProvisioningError {
  constructor(runId: RunId, operation: OperationId, status: string) {
    super({
      code: "OPERATION_STATUS",
      message:
        status === "unknown"
          ? `Run ${runId} has no operation ${operation}.`
          : `Operation ${operation} of run ${runId} is ${status}.`,
      hint: `See the operations with: provisioning workflow status ${runId}`,
      details: { runId, operation, status },
    });
  }
}

/** What an operation waits for did not come true in time. It was not started. */
export class WaitTimeoutError extends ProvisioningError {
  constructor(title: string, expression: string, timeoutMs: number) {
    super({
      code: "WAIT_TIMEOUT",
      message: `${title} waited ${timeoutMs / 1000} s in vain for: ${expression}`,
      hint: "Look at what the expression refers to, then retry the run.",
      details: { expression },
    });
  }
}

/** A condition could not be evaluated. The operation was not started. */
export class ConditionFailedError extends ProvisioningError {
  constructor(title: string, expression: string, options: ErrorOptions) {
    const cause = options.cause instanceof Error ? options.cause.message : String(options.cause);
    super(
      {
        code: "CONDITION_FAILED",
        message: `What ${title} waits for cannot be evaluated: ${cause}`,
        hint: `Correct the expression: ${expression}`,
        details: { expression },
      },
      options,
    );
  }
}

/**
 * A handler throws it when its worker stops before anything came of the attempt. Nothing is recorded: whoever takes the run next finds the operation as
 * begun and calls its handler again, as after a crash.
 */
export class AttemptLeftError extends ProvisioningError {
  constructor(options?: ErrorOptions) {
    super({ code: "ATTEMPT_LEFT", message: "The worker stopped before anything came of it.", retry: "later" }, options);
  }
}
