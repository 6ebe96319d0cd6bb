/**
 * What a task is: something a step of a workflow document can do. Tasks are known by name; what they take and give is described by
 * schemas, so that a workflow is checked as a whole before anything is done.
 */

import type { Json, JsonObject, Redactor } from "@provisioning/model";
import type { ParamProblem } from "@provisioning/planner";
import type { TransferableStorage } from "@provisioning/storage";
import type { CompensationContext, OperationContext } from "@provisioning/workflow";
import type { ZodMiniType } from "zod/mini";
import type { ActionContext } from "../context.js";

export interface TaskDescription {
  /** As steps name it, for example `provisioning.query`. */
  readonly name: string;
  /** One sentence for people. */
  readonly summary: string;
}

export interface Task<Params, Output extends Json> extends TaskDescription {
  /** `read` changes nothing that anyone would miss. */
  readonly effect: "read" | "change";
  readonly params: ZodMiniType<Params>;
  readonly output: ZodMiniType<Output>;
  /** Parameters that the task reads itself, as programs; names in them are bound as values. */
  readonly programs?: readonly (keyof Params & string)[];
  /** Parameters that are secrets. */
  readonly secrets?: readonly (keyof Params & string)[];
  /** One at a time in an infra. */
  readonly isExclusive?: boolean;
  /** What the schema cannot tell. */
  readonly check?: (params: Params, facts: TaskFacts) => readonly ParamProblem[];
  /** Names whose values its programs need. */
  readonly needs?: (params: Params) => readonly string[];
  /** Names of what it gives; absent: known when it has run. */
  readonly gives?: (params: Params) => readonly string[];
  /** What it could give besides, when a later step needs it and nothing else gives it: the names are among the step's outputs then. */
  readonly offers?: (params: Params, facts: TaskFacts) => readonly string[];
  /** What it gives by name. Default: the fields of its output. */
  readonly outputs?: (output: Output) => JsonObject;
  readonly run: (context: TaskContext, params: Params) => Promise<Output>;
  /** Undoes what `run` did, also when it did not complete. Absent: there is nothing to undo. */
  readonly undo?: (context: TaskContext, params: Params, step: CompensationContext) => Promise<void>;
  /** What is there before and after, for a rollback to be compared with. */
  readonly inspect?: (context: TaskContext, params: Params) => Promise<Json>;
}

/** Its parameters are checked before they reach it, so whoever only passes them on need not know their type. */
export type AnyTask = Task<JsonObject, Json>;

/** One that does not exist yet: it is known by name and refused with the reason. */
export interface AnnouncedTask extends TaskDescription {
  readonly reason: string;
}

/** What a check may know of the workspace. */
export interface TaskFacts {
  /** Names of the tables that the workspace keeps itself. */
  readonly ownTables: () => readonly string[];
  /** Of such a table; empty when it cannot be read. */
  readonly ownColumns: (table: string) => readonly string[];
  /** Names of all taskservs that there are. */
  readonly taskservs: readonly string[];
}

export interface TaskContext {
  /** With the signal of the attempt and the storage that is open. */
  readonly action: ActionContext;
  readonly operation: OperationContext;
  readonly storage: TransferableStorage;
  readonly redactor: Redactor;
  /** Values of the names that its programs use. */
  readonly values: JsonObject;
  readonly progress: (text: string) => void;
}

/** Checks that function and schemas agree. */
export function defineTask<Params, Output extends Json>(task: Task<Params, Output>): AnyTask {
  return task as unknown as AnyTask;
}
