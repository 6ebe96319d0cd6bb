/** The tasks that steps of a workflow document can name. */

import { type JsonObject, nearest, ProvisioningError } from "@provisioning/model";
import { jsonObjectSchema } from "@provisioning/model/wire";
import * as z from "zod/mini";
import { defineAction } from "../action.js";
import { loadTask, loadedTask, taskNames } from "../tasks/task-table.js";

export interface TaskInfo {
  readonly name: string;
  readonly summary: string;
  readonly effect?: "read" | "change";
  /** JSON Schema. */
  readonly params?: JsonObject;
  /** JSON Schema. */
  readonly output?: JsonObject;
  /** Why it cannot be used yet. */
  readonly announced?: string;
}

export interface ListTasksInput {
  /** Default: all. */
  readonly name?: string;
}

const taskInfoSchema: z.ZodMiniType<TaskInfo> = z.strictObject({
  name: z.string(),
  summary: z.string(),
  effect: z.exactOptional(z.enum(["read", "change"])),
  params: z.exactOptional(jsonObjectSchema),
  output: z.exactOptional(jsonObjectSchema),
  announced: z.exactOptional(z.string()),
});

/** @throws ProvisioningError WORKFLOW_TASK_UNKNOWN */
export const listTasks = defineAction<ListTasksInput, readonly TaskInfo[]>({
  name: "workflow.tasks",
  cedar: { action: "listTasks", resource: "Catalog" },
  effect: "read",
  summary: "Lists the tasks that steps of a workflow document can name, with what they take and give.",
  input: z.strictObject({ name: z.exactOptional(z.string()) }),
  output: z.array(taskInfoSchema),
  async run(_context, { name }) {
    if (name !== undefined && !taskNames.includes(name)) throw unknownTask(name);
    return Promise.all((name === undefined ? taskNames : [name]).map(infoOf));
  },
});

async function infoOf(name: string): Promise<TaskInfo> {
  await loadTask(name);
  const task = loadedTask(name);
  if (task === undefined) throw unknownTask(name);
  const { summary } = task;
  if ("reason" in task) return { name, summary, announced: task.reason };
  const schemaOf = (schema: z.ZodMiniType<unknown>) => z.toJSONSchema(schema, { io: "input" }) as unknown as JsonObject;
  return { name, summary, effect: task.effect, params: schemaOf(task.params), output: schemaOf(task.output) };
}

function unknownTask(name: string): ProvisioningError {
  const suggestion = nearest(name, taskNames);
  return new ProvisioningError({
    code: "WORKFLOW_TASK_UNKNOWN",
    message: `There is no task ${JSON.stringify(name.slice(0, 80))}.`,
    hint: suggestion === undefined ? `There are: ${taskNames.join(", ")}.` : `Did you mean ${suggestion}?`,
  });
}
