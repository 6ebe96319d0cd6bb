/** What a list shows of a run, kept up to date event by event. */

import { InvariantError, type RunEvent, type RunStatus } from "@provisioning/model";
import type { RunSummary } from "../ports/run-store.js";

/** The summary after one more event; the first event of a run must be `runSubmitted`. */
export function summarize(summary: RunSummary | undefined, event: RunEvent): RunSummary {
  if (summary === undefined) return firstSummary(event);
  return {
    ...summary,
    status: statusAfter(summary.status, event),
    updatedAt: event.at,
    version: summary.version + 1,
    completed: summary.completed + (event.type === "operationCompleted" ? 1 : 0),
    failed: event.type === "runRetried" ? 0 : summary.failed + (isFinalFailure(event) ? 1 : 0),
  };
}

export function isFinalFailure(event: RunEvent): boolean {
  return event.type === "operationFailed" && event.retryAt === undefined;
}

function firstSummary(event: RunEvent): RunSummary {
  if (event.type !== "runSubmitted") throw new InvariantError(`a run begins with ${event.type}`);
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
