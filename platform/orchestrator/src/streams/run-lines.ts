/** What a run tells, as text for people: one line each. */

import type { ActionEvent } from "@provisioning/actions";
import type { RunEvent, RunId } from "@provisioning/model";
import type { Service } from "../service.js";
import { runEvents } from "./run-events.js";
import { taskEvents } from "./task-events.js";

/** From the task's own log where there is one, else from what is recorded. */
export async function* runLines(service: Service, id: RunId, signal: AbortSignal): AsyncGenerator<string> {
  const own = await service.logs.openIfThere(id);
  if (own === undefined) {
    for await (const messages of runEvents(service.storage, id, 0, signal)) {
      const lines = messages.map(({ data }) => lineOfEvent(JSON.parse(data) as RunEvent)).filter((line) => line !== undefined);
      if (lines.length > 0) yield `${lines.join("\n")}\n`;
    }
    return;
  }
  try {
    for await (const messages of taskEvents(service, id, 0, signal)) {
      const lines = messages.flatMap(({ event, data }) => lineOf(event, JSON.parse(data) as never));
      if (lines.length > 0) yield `${lines.join("\n")}\n`;
    }
  } finally {
    await own.release();
  }
}

function lineOf(event: string, data: ActionEvent): string[] {
  if (event === "gap") return ["… some lines are missing"];
  if (event === "end") return [`ended: ${(data as unknown as { readonly status: string }).status}`];
  if (event !== "action") return [];
  const line = textOf(data);
  return line === undefined ? [] : [line];
}

function textOf(event: ActionEvent): string | undefined {
  switch (event.type) {
    case "phase":
      return event.title;
    case "planned":
      return `planned: ${event.plan.changes.filter(({ kind }) => kind !== "none" && kind !== "read").length} changes`;
    case "runStarted":
      return `${event.resumed ? "go on with" : "start"} run ${event.runId}: ${event.operations.length} operations`;
    case "run":
      return lineOfEvent(event.event);
    case "step":
      return `${event.operation}: ${event.title}`;
    case "progress":
      return `${event.operation}: ${event.text}`;
    case "note":
    case "warning":
      return `${event.type}: ${event.text}`;
  }
}

function lineOfEvent(event: RunEvent): string | undefined {
  const time = new Date(event.at).toISOString();
  const about = "operation" in event ? ` ${event.operation}` : "";
  const error = "error" in event ? `: ${event.error.code} ${event.error.message}` : "";
  const status = event.type === "runEnded" ? ` ${event.status}` : "";
  return `${time} ${event.type}${about}${status}${error}`;
}
