/** Tasks as the API shows them: what was asked for, how far it is, what came of it. */

import type { ErrorRecord, RunId, RunStatus } from "@provisioning/model";
import { errorRecordSchema, runIdSchema, runStatusSchema } from "@provisioning/model/wire";
import * as z from "zod/mini";

export interface Task {
  readonly id: RunId;
  readonly name: string;
  /** What kind of work: `request` asks for an action, `workflow` is a graph of tasks; others are changes of an infra. */
  readonly kind: string;
  /** The action that was asked for, of a request. */
  readonly action?: string;
  readonly infra: string;
  readonly status: RunStatus;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Operations: all, done, failed for good. */
  readonly progress: { readonly total: number; readonly completed: number; readonly failed: number };
  /** The run that the action made. */
  readonly run?: RunId;
}

const progressSchema = z.strictObject({ total: z.int(), completed: z.int(), failed: z.int() });

const taskFields = {
  id: runIdSchema,
  name: z.string(),
  kind: z.string(),
  action: z.exactOptional(z.string()),
  infra: z.string(),
  status: runStatusSchema,
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  progress: progressSchema,
  run: z.exactOptional(runIdSchema),
};

export const taskSchema: z.ZodMiniType<Task> = z.strictObject(taskFields);

/** One task with what came of it. */
export interface TaskDetail extends Task {
  /** What the action answered; absent until it has. */
  readonly result?: unknown;
  readonly error?: ErrorRecord;
}

export const taskDetailSchema: z.ZodMiniType<TaskDetail> = z.strictObject({
  ...taskFields,
  result: z.exactOptional(z.unknown()),
  error: z.exactOptional(errorRecordSchema),
});

export interface TaskPage {
  readonly data: readonly Task[];
  readonly next?: string;
}

export const taskPageSchema: z.ZodMiniType<TaskPage> = z.strictObject({
  data: z.array(taskSchema),
  next: z.exactOptional(z.string()),
});

/** Accepted: where to look how far it is. */
export interface Accepted {
  readonly id: RunId;
  readonly status: RunStatus;
  readonly links: { readonly self: string; readonly events: string; readonly logs: string };
}

export const acceptedSchema: z.ZodMiniType<Accepted> = z.strictObject({
  id: runIdSchema,
  status: runStatusSchema,
  links: z.strictObject({ self: z.string(), events: z.string(), logs: z.string() }),
});

export function acceptedTask(id: RunId, status: RunStatus): Accepted {
  return {
    id,
    status,
    links: { self: `/tasks/${id}`, events: `/tasks/${id}/events`, logs: `/workflows/${id}/logs` },
  };
}
