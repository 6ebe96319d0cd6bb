/** What happened in a run, line by line, as its events tell it. */

import type { OperationId, RunEvent } from "@provisioning/model";
import { operationIdSchema } from "@provisioning/model/wire";
import { replay } from "@provisioning/workflow";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import { openWorkspaceSession } from "../session.js";
import { findRun } from "./find-run.js";

export interface LogLine {
  readonly at: string;
  readonly level: "info" | "warn" | "error";
  /** The kind of event. */
  readonly event: RunEvent["type"];
  readonly operation?: OperationId;
  readonly message: string;
}

export interface RunLogsInput {
  /** `last`: the newest. */
  readonly id: string;
  /** Only of this operation: its id or title. */
  readonly operation?: string;
}

/** @throws RunNotFoundError, ProvisioningError RUN_ID_INVALID, RUN_NONE */
export const runLogs = defineAction<RunLogsInput, readonly LogLine[]>({
  name: "run.logs",
  cedar: { action: "showRunLogs", resource: "Run" },
  effect: "read",
  summary: "Tells what happened in a run, line by line.",
  input: z.strictObject({ id: z.string(), operation: z.exactOptional(z.string()) }),
  output: z.array(
    z.strictObject({
      at: z.iso.datetime(),
      level: z.enum(["info", "warn", "error"]),
      event: z.string(),
      operation: z.exactOptional(operationIdSchema),
      message: z.string(),
    }),
  ) as unknown as z.ZodMiniType<readonly LogLine[]>,
  async run(context, { id, operation: wanted }) {
    const session = await openWorkspaceSession(context);
    const storage = await session.openStore("read");
    try {
      const { events } = await storage.runs.load(await findRun(storage, id));
      const titles = new Map(replay(events).definition.operations.map((operation) => [operation.id, operation.title]));
      const titleOf = (operation: OperationId) => titles.get(operation) ?? operation;
      return events
        .map((event) => lineOf(event, titleOf))
        .filter(({ operation }) => wanted === undefined || operation === wanted || (operation && titleOf(operation) === wanted));
    } finally {
      await storage.close();
    }
  },
});

/** An event in words. */
export function lineOf(event: RunEvent, titleOf: (operation: OperationId) => string): LogLine {
  const { level = "info", message } = wordsOf(event, titleOf);
  const operation = "operation" in event ? { operation: event.operation } : {};
  return { at: new Date(event.at).toISOString(), level, event: event.type, ...operation, message };
}

type Words = { readonly level?: LogLine["level"]; readonly message: string };

function wordsOf(event: RunEvent, titleOf: (operation: OperationId) => string): Words {
  switch (event.type) {
    case "runSubmitted":
      return { message: `${event.definition.name} was submitted with ${event.definition.operations.length} operations` };
    case "runClaimed":
      return { message: `${event.holder} works on it` };
    case "operationStarted":
      return { message: `${titleOf(event.operation)}: started${event.attempt > 1 ? `, attempt ${event.attempt}` : ""}` };
    case "operationInspected":
      return { message: `${titleOf(event.operation)}: looked at before it is changed` };
    case "operationCompleted":
      return { message: `${titleOf(event.operation)}: ${wasSkipped(event.output) ? "skipped by its condition" : "completed"}` };
    case "operationFailed": {
      const again = event.retryAt === undefined ? "" : `; it is tried again at ${new Date(event.retryAt).toISOString()}`;
      const text = `${titleOf(event.operation)}: failed with ${event.error.code}: ${event.error.message}${again}`;
      return { level: event.retryAt === undefined ? "error" : "warn", message: text };
    }
    case "operationSkipped":
      return { level: "warn", message: `${titleOf(event.operation)}: not started because of ${titleOf(event.because)}` };
    case "operationCancelled":
      return { level: "warn", message: `${titleOf(event.operation)}: cancelled` };
    case "operationPassed":
      return { level: "warn", message: `${titleOf(event.operation)}: counted as done by ${event.by}` };
    case "rollbackStarted": {
      const why = event.because === undefined ? `asked for by ${event.by ?? "somebody"}` : `because of ${titleOf(event.because)}`;
      const end = event.toCheckpoint === undefined ? "" : `, back to checkpoint ${event.toCheckpoint}`;
      return { level: "warn", message: `rollback started, ${why}${end}` };
    }
    case "compensationStarted":
      return { message: `${titleOf(event.operation)}: being undone` };
    case "compensationCompleted":
      return { message: `${titleOf(event.operation)}: undone` };
    case "compensationFailed":
      return { level: "error", message: `${titleOf(event.operation)}: could not be undone: ${event.error.message}` };
    case "cancelRequested":
      return { level: "warn", message: `${event.by} asked for its end: ${event.reason}` };
    case "pauseRequested":
      return { message: `${event.by} asked for a pause: ${event.reason}` };
    case "runPaused":
      return { message: "paused" };
    case "runResumed":
      return { message: `resumed by ${event.by}` };
    case "runReleased":
      return { message: `${event.holder} left it to others` };
    case "runRetried":
      return { message: `${event.by} has it go on with ${event.operations.map(titleOf).join(", ")}` };
    case "checkpointReached":
      return { message: `checkpoint ${event.number}` };
    case "runEnded":
      return { level: event.status === "completed" ? "info" : "error", message: `ended: ${event.status}` };
  }
}

function wasSkipped(output: unknown): boolean {
  return typeof output === "object" && output !== null && "skipped" in output;
}
