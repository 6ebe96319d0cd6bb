/**
 * What people ask of a run, whoever works on it: each request is an event, appended without a token. Whether it is allowed is decided on
 * the state it is appended to; when somebody writes in between, it is decided again.
 */

import type { Clock, OperationDependency, OperationId, RunEvent, RunId } from "@provisioning/model";
import { type RunStore, VersionConflictError } from "@provisioning/storage";
import { OperationStatusError, RunStatusError } from "./errors.js";
import type { FaultPoint } from "./fault-point.js";
import { buildGraph } from "./graph.js";
import { type Cancellation, isEnded, type OperationStatus, type RunState } from "./state.js";
import { next, replay } from "./transition.js";

export interface Control {
  readonly runs: RunStore;
  readonly clock: Clock;
  readonly faultPoint: FaultPoint | undefined;
}

/** One that is cancelled gently already may still be told to stop at once. */
export function requestCancel(
  control: Control,
  runId: RunId,
  { by, reason, mode }: Pick<Cancellation, "by" | "reason" | "mode">,
): Promise<RunState> {
  return request(control, runId, (state) =>
    isEnded(state) ? undefined : { type: "cancelRequested", at: control.clock.now(), by, reason, mode },
  );
}

export function requestPause(control: Control, runId: RunId, by: string, reason: string): Promise<RunState> {
  return request(control, runId, (state) => {
    if (state.status === "paused") return undefined;
    if (state.status !== "pending" && state.status !== "running") throw new RunStatusError(runId, state.status, "paused");
    if ("cancellation" in state && state.cancellation !== undefined) throw new RunStatusError(runId, "being cancelled", "paused");
    return { type: "pauseRequested", at: control.clock.now(), by, reason };
  });
}

export function resume(control: Control, runId: RunId, by: string): Promise<RunState> {
  return request(control, runId, (state) => {
    const isPausing = state.status === "running" && state.pause !== undefined;
    if (state.status === "running" && !isPausing) return undefined;
    if (state.status !== "paused" && !isPausing) throw new RunStatusError(runId, state.status, "resumed");
    return { type: "runResumed", at: control.clock.now(), by };
  });
}

export function passOver(control: Control, runId: RunId, operation: OperationId, by: string): Promise<RunState> {
  return request(control, runId, (state) => {
    if (state.status === "rollingBack") throw new RunStatusError(runId, state.status, "changed");
    const status = state.operations.has(operation) ? state.operations.get(operation).status : "unknown";
    if (status === "passed") return undefined;
    if (!PASSABLE.has(status)) throw new OperationStatusError(runId, operation, status);
    return { type: "operationPassed", at: control.clock.now(), operation, by };
  });
}

/** What does not run and was not done. */
const PASSABLE: ReadonlySet<OperationStatus | "unknown"> = new Set<OperationStatus | "unknown">([
  "pending",
  "retrying",
  "failed",
  "skipped",
  "cancelled",
]);

export function retry(control: Control, runId: RunId, by: string, from?: readonly OperationId[]): Promise<RunState> {
  return request(control, runId, (state) => {
    if (!isEnded(state)) throw new RunStatusError(runId, state.status, "retried");
    const operations = from === undefined ? unfinishedOperations(state) : withDependents(runId, state, from);
    if (operations.length === 0) throw new RunStatusError(runId, state.status, "retried: everything in it was done");
    return { type: "runRetried", at: control.clock.now(), by, operations };
  });
}

const UNFINISHED: ReadonlySet<OperationStatus> = new Set<OperationStatus>([
  "failed",
  "skipped",
  "cancelled",
  "compensated",
  "compensationFailed",
]);

function unfinishedOperations(state: RunState): readonly OperationId[] {
  return [...state.operations].flatMap(([id, { status }]) => (UNFINISHED.has(status) ? [id] : []));
}

/**
 * These, all that needs them, and without what they cannot go on: what they need and what was not done, failures that stop the run. Each
 * over any number of dependencies; in the order of the definition.
 */
function withDependents(runId: RunId, state: RunState, from: readonly OperationId[]): readonly OperationId[] {
  for (const id of from) if (!state.operations.has(id)) throw new OperationStatusError(runId, id, "unknown");
  const graph = buildGraph(state.definition);
  const found = new Set(from.map((id) => state.operations.indexOf(id)));
  graph.operations.forEach(({ onFailure }, index) => {
    if (state.operations.at(index).status === "failed" && onFailure !== "continue") found.add(index);
  });
  for (const index of found) {
    for (const { to } of graph.dependents[index] ?? []) found.add(to);
    for (const needed of undoneNeeds(state, graph.operations[index]?.dependsOn ?? [])) found.add(needed);
  }
  return [...found].sort((a, b) => a - b).map((index) => (graph.operations[index] as { id: OperationId }).id);
}

/** What it cannot start without and what was not done, or not left so. */
function undoneNeeds(state: RunState, dependencies: readonly OperationDependency[]): readonly number[] {
  return dependencies.flatMap(({ on, type }) => {
    if (type !== "hard" || !state.operations.has(on)) return [];
    const index = state.operations.indexOf(on);
    return UNFINISHED.has(state.operations.at(index).status) ? [index] : [];
  });
}

/** Appends what `decide` answers to the current state; nothing if it answers nothing. The state afterwards. */
export async function request(
  { runs, faultPoint }: Pick<Control, "runs" | "faultPoint">,
  runId: RunId,
  decide: (state: RunState) => RunEvent | undefined,
): Promise<RunState> {
  for (let conflicts = 0; ; conflicts += 1) {
    const { version, events } = await runs.load(runId);
    const state = replay(events);
    const event = decide(state);
    if (event === undefined) return state;
    const after = next(state, event);
    if (faultPoint !== undefined) await faultPoint("request.before");
    try {
      await runs.append(runId, version, [event]);
    } catch (error) {
      if (!(error instanceof VersionConflictError) || conflicts === MAX_REQUEST_CONFLICTS) throw error;
      continue;
    }
    if (faultPoint !== undefined) await faultPoint("request.after");
    return after;
  }
}

/** A worker that writes all the time cannot win this often. */
const MAX_REQUEST_CONFLICTS = 1000;
