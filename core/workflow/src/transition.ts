/**
 * What may follow what. Pure and total: no clock, no I/O. Live and in recovery the same function; the picture is in state.ts. Here is the run, its
 * operations are in operation-transition.ts.
 */

import type { Instant, RunEvent } from "@provisioning/model";
import { IllegalTransitionError } from "./errors.js";
import { OperationTable } from "./operation-table.js";
import { type EventOf, replaced, withOperation } from "./operation-transition.js";
import { type Cancellation, type Claim, type OperationStatus, type PauseRequest, type Rollback, type RunState } from "./state.js";
import { Vector } from "./vector.js";

type StateOf<Status extends RunState["status"]> = Extract<RunState, { readonly status: Status }>;
type EndedState = StateOf<"completed" | "failed" | "cancelled" | "rolledBack">;

/** The state after one more event. @throws IllegalTransitionError */
export function next(state: RunState | undefined, event: RunEvent): RunState {
  if (state === undefined) return submitted(event);
  switch (state.status) {
    case "pending":
      return afterPending(state, event);
    case "running":
      return afterRunning(state, event);
    case "rollingBack":
      return afterRollingBack(state, event);
    case "paused":
      return afterPaused(state, event);
    case "completed":
    case "failed":
    case "cancelled":
    case "rolledBack":
      return afterEnd(state, event);
  }
}

/** The state that a run's events give. @throws IllegalTransitionError */
export function replay(events: readonly RunEvent[]): RunState {
  const state = events.reduce<RunState | undefined>(next, undefined);
  if (state === undefined) throw new IllegalTransitionError("not submitted", "nothing");
  return state;
}

function submitted(event: RunEvent): RunState {
  if (event.type !== "runSubmitted") throw new IllegalTransitionError("not submitted", event.type);
  const { definition } = event;
  return {
    status: "pending",
    definition,
    operations: OperationTable.pending(definition.operations),
    counts: { ...NO_OPERATIONS, pending: definition.operations.length },
    completions: 0,
    checkpoints: Vector.of([]),
    rollbacks: 0,
  };
}

const NO_OPERATIONS: Readonly<Record<OperationStatus, number>> = {
  pending: 0,
  running: 0,
  retrying: 0,
  completed: 0,
  failed: 0,
  skipped: 0,
  passed: 0,
  cancelled: 0,
  compensating: 0,
  compensated: 0,
  compensationFailed: 0,
};

function afterPending(state: StateOf<"pending">, event: RunEvent): RunState {
  if (event.type === "runClaimed") return { ...state, status: "running", claim: claimOf(event) };
  if (event.type === "cancelRequested") return { ...state, cancellation: cancellationOf(event) };
  if (event.type === "pauseRequested") return paused(state, pauseOf(event), event.at);
  if (event.type === "operationPassed") return withOperation(state, event);
  throw new IllegalTransitionError("pending", event.type);
}

function afterPaused(state: StateOf<"paused">, event: RunEvent): RunState {
  if (event.type === "runResumed") return { ...factsOf(state), status: "pending" };
  if (event.type === "cancelRequested") return { ...factsOf(state), status: "pending", cancellation: cancellationOf(event) };
  if (event.type === "operationPassed") return withOperation(state, event);
  if (event.type === "pauseRequested") return state;
  throw new IllegalTransitionError("paused", event.type);
}

function paused(state: RunState, pause: PauseRequest, pausedAt: Instant): StateOf<"paused"> {
  return { ...factsOf(state), status: "paused", pause, pausedAt };
}

function afterRunning(state: StateOf<"running">, event: RunEvent): RunState {
  switch (event.type) {
    case "runClaimed":
      assertNewer(state.claim, event);
      return { ...state, claim: claimOf(event) };
    case "cancelRequested":
      return { ...state, cancellation: cancellationOf(event) };
    case "operationStarted":
    case "operationInspected":
    case "operationCompleted":
    case "operationFailed":
    case "operationSkipped":
    case "operationCancelled":
    case "operationPassed":
      return withOperation(state, event);
    case "pauseRequested":
      return { ...state, pause: pauseOf(event) };
    case "runResumed":
      return withoutPause(state);
    case "runPaused":
      assertQuiet(state, event);
      if (state.pause === undefined) throw new IllegalTransitionError("running", event.type, "nobody asked for it");
      return paused(state, state.pause, event.at);
    case "runReleased":
      assertQuiet(state, event);
      return { ...factsOf(state), status: "pending", ...cancellationIn(state) };
    case "checkpointReached":
      return withCheckpoint(state, event);
    case "rollbackStarted":
      assertQuiet(state, event);
      return { ...rollingBack(state, event), claim: state.claim, ...cancellationIn(state) };
    case "runEnded":
      assertQuiet(state, event);
      return ended(state, event);
    default:
      throw new IllegalTransitionError("running", event.type);
  }
}

function afterRollingBack(state: StateOf<"rollingBack">, event: RunEvent): RunState {
  switch (event.type) {
    case "runClaimed":
      if (state.claim !== undefined) assertNewer(state.claim, event);
      return { ...state, claim: claimOf(event) };
    case "cancelRequested":
      return { ...state, cancellation: cancellationOf(event) };
    case "compensationStarted":
    case "compensationCompleted":
    case "compensationFailed":
      return withOperation(state, event);
    case "runEnded":
      assertQuiet(state, event);
      return ended(state, event);
    default:
      throw new IllegalTransitionError("rollingBack", event.type);
  }
}

function withoutPause(state: StateOf<"running">): RunState {
  const { pause: _, ...rest } = state;
  return rest;
}

function afterEnd(state: EndedState, event: RunEvent): RunState {
  if (event.type === "operationPassed") return withOperation(state, event);
  if (event.type === "runRetried") return retried(state, event);
  if (event.type !== "rollbackStarted") throw new IllegalTransitionError(state.status, event.type);
  return rollingBack(state, event);
}

function rollingBack(state: RunState, event: EventOf<"rollbackStarted">): StateOf<"rollingBack"> {
  const rollback = rollbackOf(state, event);
  return { ...factsOf(state), status: "rollingBack", rollbacks: rollback.number, rollback };
}

function ended(state: StateOf<"running" | "rollingBack">, event: EventOf<"runEnded">): RunState {
  const facts = { ...factsOf(state), endedAt: event.at };
  const cancellation = cancellationIn(state);
  if (state.status === "rollingBack") {
    if (event.status === "rolledBack") return { ...facts, status: "rolledBack", rollback: state.rollback };
    if (event.status === "cancelled") return { ...facts, status: "cancelled", rollback: state.rollback, ...cancellation };
  } else {
    if (event.status === "cancelled") return { ...facts, status: "cancelled", ...cancellation };
    if (event.status !== "rolledBack") return { ...facts, status: event.status };
  }
  throw new IllegalTransitionError(state.status, `runEnded as ${event.status}`);
}

function withCheckpoint(state: StateOf<"running">, event: EventOf<"checkpointReached">): RunState {
  const before = state.checkpoints.at(state.checkpoints.size - 1);
  if (event.number !== (before?.number ?? 0) + 1)
    throw new IllegalTransitionError("running", event.type, `number ${event.number}`);
  const { completions } = state;
  if ((before?.completions ?? 0) + event.completed.length > completions)
    throw new IllegalTransitionError("running", event.type, "more than was completed");
  return { ...state, checkpoints: state.checkpoints.push({ number: event.number, at: event.at, completions }) };
}

function retried(state: EndedState, event: EventOf<"runRetried">): RunState {
  let run: RunState = { ...factsOf(state), status: "pending" };
  for (const id of event.operations) {
    const index = run.operations.indexOf(id);
    const { trace } = run.operations.at(index);
    run = replaced(run, index, { status: "pending", ...(trace === undefined ? {} : { trace }) }, run.completions);
  }
  return run;
}

function rollbackOf(state: RunState, event: EventOf<"rollbackStarted">): Rollback {
  const { at, because, by, toCheckpoint } = event;
  const { preserveSuccessful = false } = state.definition;
  const checkpoint = toCheckpoint === undefined ? undefined : state.checkpoints.at(toCheckpoint - 1);
  if (toCheckpoint !== undefined && checkpoint === undefined) {
    throw new IllegalTransitionError(state.status, event.type, `there is no checkpoint ${toCheckpoint}`);
  }
  return {
    number: state.rollbacks + 1,
    at,
    keep: because !== undefined && preserveSuccessful ? state.completions : (checkpoint?.completions ?? 0),
    ...(because === undefined ? {} : { because }),
    ...(by === undefined ? {} : { by }),
  };
}

function cancellationIn(state: StateOf<"running" | "rollingBack">): { readonly cancellation?: Cancellation } {
  return state.cancellation === undefined ? {} : { cancellation: state.cancellation };
}

function claimOf({ holder, token, at }: EventOf<"runClaimed">): Claim {
  return { holder, token, at };
}

function pauseOf({ by, reason, at }: EventOf<"pauseRequested">): PauseRequest {
  return { by, reason, at };
}

function cancellationOf({ by, reason, mode, at }: EventOf<"cancelRequested">): Cancellation {
  return { by, reason, mode, at };
}

function factsOf(state: RunState) {
  const { definition, operations, counts, completions, checkpoints, rollbacks } = state;
  return { definition, operations, counts, completions, checkpoints, rollbacks };
}

function assertNewer(claim: Claim, event: EventOf<"runClaimed">): void {
  if (event.token <= claim.token) throw new IllegalTransitionError("running", event.type, `token ${event.token} is not newer`);
}

function assertQuiet(state: RunState, event: RunEvent): void {
  if (state.counts.running + state.counts.compensating > 0) {
    throw new IllegalTransitionError(state.status, event.type, "operations are still running");
  }
}
