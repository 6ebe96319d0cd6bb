/**
 * What may follow what for one operation, inside a run in which that may happen at all. Pure and total, as transition.ts, which calls it; the picture is
 * in state.ts.
 */

import type { Json, RunEvent } from "@provisioning/model";
import { IllegalTransitionError } from "./errors.js";
import { isHalf, type OperationState, type OperationStatus, type RunState, type Trace } from "./state.js";

export type EventOf<Type extends RunEvent["type"]> = Extract<RunEvent, { readonly type: Type }>;
export type OperationEvent = EventOf<
  | "operationStarted"
  | "operationInspected"
  | "operationCompleted"
  | "operationFailed"
  | "operationSkipped"
  | "operationCancelled"
  | "operationPassed"
  | "compensationStarted"
  | "compensationCompleted"
  | "compensationFailed"
>;
/** The run after an event of one of its operations. @throws IllegalTransitionError */
export function withOperation<State extends RunState>(state: State, event: OperationEvent): State {
  const index = state.operations.indexOf(event.operation);
  const before = state.operations.at(index);
  const after = nextOperation(before, event, state);
  const trace = traceAfter(before.trace, event);
  const completions = event.type === "operationCompleted" ? state.completions + 1 : state.completions;
  return replaced(state, index, trace === undefined ? after : { ...after, trace }, completions);
}

/** The run with one operation exchanged, everything that is counted kept right. */
export function replaced<State extends RunState>(state: State, index: number, after: OperationState, completions: number): State {
  const before = state.operations.at(index);
  const operations = state.operations.with(index, after);
  if (before.status === after.status) return { ...state, operations, completions };
  const counts = { ...state.counts };
  counts[before.status] -= 1;
  counts[after.status] += 1;
  return { ...state, operations, counts, completions };
}

function nextOperation(state: OperationState, event: OperationEvent, run: RunState): OperationState {
  if (event.type === "operationPassed") return passed(state, event);
  switch (state.status) {
    case "pending":
      if (event.type === "operationStarted") return started(event, 0, 0);
      if (event.type === "operationSkipped") return { status: "skipped", because: event.because };
      if (event.type === "operationCancelled") return { status: "cancelled", attempt: 0 };
      break;
    case "running":
      return afterAttempt(state, event, run.completions);
    case "retrying":
      if (event.type === "operationStarted") return started(event, state.attempt, state.failures);
      if (event.type === "operationFailed") return failed(state, event);
      if (event.type === "operationCancelled") return { status: "cancelled", attempt: state.attempt };
      break;
    case "completed":
    case "compensationFailed":
      if (event.type === "compensationStarted") return compensating(state, event);
      break;
    case "failed":
    case "cancelled":
    case "skipped":
      if (event.type === "compensationStarted" && isHalf(state)) {
        return compensating({ output: null, order: run.completions }, event);
      }
      break;
    case "compensating":
      if (event.type === "compensationStarted" && event.token > state.token) return compensating(state, event);
      if (event.type === "compensationCompleted") return compensated(state, event);
      if (event.type === "compensationFailed") {
        const { output, order } = state;
        return { status: "compensationFailed", output, order, error: event.error, rollback: run.rollbacks };
      }
      break;
    case "compensated":
    case "passed":
      break;
  }
  throw new IllegalTransitionError(state.status, event.type, event.operation);
}

function passed(state: OperationState, event: EventOf<"operationPassed">): OperationState {
  if (!PASSABLE.has(state.status)) throw new IllegalTransitionError(state.status, event.type, event.operation);
  return { status: "passed", by: event.by, passedAt: event.at };
}

/** What does not run and was not done. */
const PASSABLE: ReadonlySet<OperationStatus> = new Set<OperationStatus>([
  "pending",
  "retrying",
  "failed",
  "skipped",
  "cancelled",
]);

/** @param order what `completed` gets */
function afterAttempt(state: OperationState & { status: "running" }, event: OperationEvent, order: number): OperationState {
  switch (event.type) {
    case "operationStarted":
      if (event.token > state.token) return started(event, state.attempt, state.failures);
      break;
    case "operationInspected":
      return state;
    case "operationCompleted":
      if (event.attempt !== state.attempt) break;
      return { status: "completed", attempt: state.attempt, output: event.output, completedAt: event.at, order };
    case "operationFailed":
      return failed(state, event);
    case "operationCancelled":
      return { status: "cancelled", attempt: state.attempt };
    default:
  }
  throw new IllegalTransitionError("running", event.type, event.operation);
}

function started(event: EventOf<"operationStarted">, attempts: number, failures: number): OperationState {
  if (event.attempt !== attempts + 1) throw new IllegalTransitionError("running", event.type, `attempt ${event.attempt}`);
  return { status: "running", attempt: event.attempt, failures, startedAt: event.at, token: event.token };
}

function failed(state: OperationState & { status: "running" | "retrying" }, event: EventOf<"operationFailed">): OperationState {
  const { attempt, error, retryAt } = event;
  if (attempt !== state.attempt) throw new IllegalTransitionError(state.status, event.type, `attempt ${attempt}`);
  if (retryAt === undefined) return { status: "failed", attempt, error, failedAt: event.at };
  if (state.status === "retrying") throw new IllegalTransitionError(state.status, event.type);
  return { status: "retrying", attempt, failures: state.failures + 1, error, retryAt };
}

function compensating(
  { output, order }: { readonly output: Json; readonly order: number },
  event: EventOf<"compensationStarted">,
): OperationState {
  return { status: "compensating", output, order, startedAt: event.at, token: event.token };
}

function compensated({ trace }: OperationState, { at, found }: EventOf<"compensationCompleted">): OperationState {
  return {
    status: "compensated",
    compensatedAt: at,
    ...(trace?.before === undefined ? {} : { before: trace.before }),
    ...(found === undefined ? {} : { after: found }),
  };
}

/** Kept through everything that happens to the operation. */
function traceAfter(trace: Trace | undefined, event: OperationEvent): Trace | undefined {
  switch (event.type) {
    case "operationStarted":
      return trace?.isBegun === true ? trace : { generation: trace?.generation ?? 0, isBegun: true };
    case "operationInspected":
      if (trace === undefined || trace.before !== undefined)
        throw new IllegalTransitionError("running", event.type, event.operation);
      return { ...trace, before: event.found };
    case "compensationCompleted":
      return { generation: (trace?.generation ?? 0) + 1, isBegun: false };
    default:
      return trace;
  }
}
