/** What a list shows of a run, kept up to date event by event. */

import { InvariantError, type RunEvent, type RunStatus } from "@provisioning/model";
import type { RunSummary } from "../ports/run-store.js";

/** The summary after more events; the first event of a run must be `runSubmitted`. */
export function summarize(before: RunSummary | undefined, events: readonly RunEvent[]): RunSummary {
  if (before === undefined) return summarize(firstSummary(events[0]), events.slice(1));
  const summary: Writable<RunSummary> = { ...before };
  for (const event of events) add(summary, event);
  return summary;
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

function add(summary: Writable<RunSummary>, event: RunEvent): void {
  summary.status = statusAfter(summary.status, event);
  summary.updatedAt = event.at;
  summary.version += 1;
  if (event.type === "operationCompleted") summary.completed += 1;
  if (event.type === "runRetried") summary.failed = 0;
  else if (isFinalFailure(event)) summary.failed += 1;
}

export function isFinalFailure(event: RunEvent): boolean {
  return event.type === "operationFailed" && event.retryAt === undefined;
}

function firstSummary(event: RunEvent | undefined): RunSummary {
  if (event?.type !== "runSubmitted") throw new InvariantError(`a run begins with ${event?.type ?? "nothing"}`);
  const { id, name, infra, labels, createdAt, operations, priority, notBefore } = event.definition;
  return {
    id,
    name,
    infra,
    status: "pending",
    labels,
    createdAt,
    updatedAt: event.at,
    version: 1,
    operations: operations.length,
    completed: 0,
    failed: 0,
    ...(priority === undefined ? {} : { priority }),
    ...(notBefore === undefined ? {} : { notBefore }),
  };
}

export function statusAfter(status: RunStatus, event: RunEvent): RunStatus {
  switch (event.type) {
    case "runClaimed":
      return status === "pending" ? "running" : status;
    case "rollbackStarted":
      return "rollingBack";
    case "pauseRequested":
      return status === "pending" ? "paused" : status;
    case "runPaused":
      return "paused";
    case "runResumed":
    case "cancelRequested":
      return status === "paused" ? "pending" : status;
    case "runReleased":
      return status === "running" ? "pending" : status;
    case "runRetried":
      return "pending";
    case "runEnded":
      return event.status;
    default:
      return status;
  }
}
