/**
 * What carries out the operations of workflow documents, for the engine: one handler for each task. Nothing is opened until a task needs it,
 * and a task's code is loaded when it is first used.
 */

import { isJsonObject, type Json, type RunDefinition } from "@provisioning/model";
import { TASK_ACTION } from "@provisioning/planner";
import type { CompensationContext, Handlers, OperationContext, OperationHandler } from "@provisioning/workflow";
import { givenTo, isWanted, runStep, type StepResult, type TaskHost } from "./step.js";
import type { AnyTask } from "./task.js";
import { loadTask, taskTable } from "./task-table.js";

/**
 * For runs with the label `purpose: workflow`, of any infra of the workspace that `host` is about. Holds nothing that has to be closed.
 * What is looked at before each step is stored, for a rollback to prove itself; a definition that never asks for one is spared that.
 */
export function taskHandlers(host: TaskHost): (definition: RunDefinition) => Handlers {
  const undoable = handlersOf(host, true);
  const plain = handlersOf(host, false);
  return ({ operations }) => (operations.some(({ onFailure }) => onFailure === "rollback") ? undoable : plain);
}

function handlersOf(host: TaskHost, isUndoable: boolean): Handlers {
  return new Map(Object.keys(taskTable).map((name) => [`${TASK_ACTION}${name}`, handlerOf(host, name, isUndoable)]));
}

/** Undoing them needs to know what was there before, whoever asks for it. */
const INSPECTED: ReadonlySet<string> = new Set(["provisioning.deploy-taskservs"]);

function handlerOf(host: TaskHost, name: string, isUndoable: boolean): OperationHandler {
  const load = async () => (await loadTask(name)) as AnyTask;
  return {
    execute: async (operation) => (await runStep(host, await load(), operation)) as StepResult as Json,
    compensate: async (operation) => undoStep(host, await load(), operation),
    undoesHalves: true,
    ...(isUndoable || INSPECTED.has(name)
      ? { inspect: async (operation: OperationContext) => inspectStep(host, await load(), operation) }
      : {}),
  };
}

/** A step that was skipped, or only looked, left nothing. */
async function undoStep(host: TaskHost, task: AnyTask, operation: CompensationContext): Promise<void> {
  const { output } = operation;
  if (task.undo === undefined || (isJsonObject(output) && output.skipped === true) || !isWanted(host, operation)) return;
  const { context, params } = givenTo(host, task, operation);
  await task.undo(context, params, operation);
}

async function inspectStep(host: TaskHost, task: AnyTask, operation: OperationContext): Promise<Json> {
  if (task.inspect === undefined || !isWanted(host, operation)) return null;
  const { context, params } = givenTo(host, task, operation);
  return task.inspect(context, params);
}
