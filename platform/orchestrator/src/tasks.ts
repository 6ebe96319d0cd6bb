/** Tasks as recorded, as the API shows them. */

import { REQUEST_PURPOSE } from "@provisioning/actions";
import type { Task, TaskDetail } from "@provisioning/api";
import type { ErrorRecord, Json, JsonObject, RunId } from "@provisioning/model";
import type { RunSummary, Storage, StoredRun } from "@provisioning/storage";
import { isEnded, replay, type RunState } from "@provisioning/workflow";
import { RUN_CANCELLED } from "./requests/request-handler.js";
import type { Service } from "./service.js";

function taskOf(summary: RunSummary): Task {
  const { id, name, infra, labels, status, createdAt, updatedAt, operations, completed, failed } = summary;
  return {
    id,
    name,
    kind: labels.purpose ?? "apply",
    ...(labels.action === undefined ? {} : { action: labels.action }),
    infra,
    status,
    createdAt: new Date(createdAt).toISOString(),
    updatedAt: new Date(updatedAt).toISOString(),
    progress: { total: operations, completed, failed },
  };
}

/** A request whose run was cancelled has failed as an operation; for whoever asked it was cancelled. */
export async function listedTask(storage: Storage, summary: RunSummary): Promise<Task> {
  const task = taskOf(summary);
  if (task.kind !== REQUEST_PURPOSE || task.status !== "failed") return task;
  const { error } = outcomeOf(replay((await storage.runs.load(task.id)).events));
  return error?.code === RUN_CANCELLED ? { ...task, status: "cancelled" } : task;
}

interface Outcome {
  readonly status: RunState["status"];
  readonly result?: Json;
  readonly error?: ErrorRecord;
}

/** What came of a request. What came of a run that did not complete is in the error, and a result all the same. */
function outcomeOf(state: RunState): Outcome {
  const operation = state.operations.at(0);
  const { status } = state;
  if (operation.status === "completed") return { status, ...resultIn(operation.output) };
  const error = "error" in operation ? operation.error : undefined;
  if (error === undefined) return { status };
  return { status: error.code === RUN_CANCELLED ? "cancelled" : status, error, ...resultIn(error.details) };
}

function resultIn(value: unknown): { readonly result?: Json } {
  if (typeof value !== "object" || value === null || !("result" in value)) return {};
  return { result: value.result as Json };
}

/** @throws RunNotFoundError */
export async function taskDetail(service: Service, id: RunId): Promise<TaskDetail> {
  const stored = await service.storage.runs.load(id);
  const state = replay(stored.events);
  const task = taskOf(summaryOf(state, stored));
  if (task.kind !== REQUEST_PURPOSE) return task;
  const outcome = outcomeOf(state);
  const run = service.requests.runOf(id) ?? runIn(outcome.result);
  return {
    ...task,
    status: outcome.status,
    ...(run === undefined ? {} : { run }),
    ...(isEnded(state) && outcome.result !== undefined ? { result: outcome.result } : {}),
    ...(isEnded(state) && outcome.error !== undefined ? { error: outcome.error } : {}),
  };
}

/** The run that the answer of an action is about. */
export function runIn(result: Json | undefined): RunId | undefined {
  const run = (result as JsonObject | undefined)?.run;
  const id = (run as JsonObject | undefined)?.id;
  return typeof id === "string" ? (id as RunId) : undefined;
}

function summaryOf(state: RunState, { version, events }: StoredRun): RunSummary {
  const { id, name, infra, labels, createdAt, operations } = state.definition;
  const statuses = operations.map((operation) => state.operations.get(operation.id).status);
  const count = (...wanted: string[]) => statuses.filter((status) => wanted.includes(status)).length;
  return {
    id,
    name,
    infra,
    labels,
    createdAt,
    status: state.status,
    updatedAt: events.at(-1)?.at ?? createdAt,
    version,
    operations: operations.length,
    completed: count("completed", "passed"),
    failed: count("failed"),
  };
}

/** Of a request: the run that its action made; of anything else: itself. @throws RunNotFoundError */
export async function runOfTask(service: Service, id: RunId): Promise<RunId> {
  const live = service.requests.runOf(id);
  if (live !== undefined) return live;
  const state = replay((await service.storage.runs.load(id)).events);
  if (state.definition.labels.purpose !== REQUEST_PURPOSE) return id;
  return runIn(outcomeOf(state).result) ?? id;
}
