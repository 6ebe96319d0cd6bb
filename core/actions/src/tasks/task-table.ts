/** Every task by its name. One line for each; its code is loaded when a workflow uses it. */

import { announcedTasks } from "./announced.js";
import type { AnnouncedTask, AnyTask } from "./task.js";

export const taskTable: Readonly<Record<string, () => Promise<AnyTask>>> = {
  "notifications.slack": async () => (await import("./slack.js")).slack,
  "notifications.webhook": async () => (await import("./webhook.js")).webhook,
  "provisioning.deploy-taskservs": async () => (await import("./deploy-taskservs.js")).deployTaskservs,
  "provisioning.evaluate": async () => (await import("./evaluate.js")).evaluate,
  "provisioning.health-check": async () => (await import("./health-check.js")).healthCheck,
  "provisioning.query": async () => (await import("./query.js")).query,
};

const announced: ReadonlyMap<string, AnnouncedTask> = new Map(announcedTasks.map((task) => [task.name, task]));

/** Announced ones too. */
export const taskNames: readonly string[] = [...Object.keys(taskTable), ...announced.keys()].sort();

const loaded = new Map<string, AnyTask>();

/** Absent for announced and unknown ones. */
export async function loadTask(name: string): Promise<AnyTask | undefined> {
  const known = loaded.get(name);
  if (known !== undefined || !Object.hasOwn(taskTable, name)) return known;
  const task = (await taskTable[name]?.()) as AnyTask;
  loaded.set(name, task);
  return task;
}

/** Of those that were loaded before. */
export function loadedTask(name: string): AnyTask | AnnouncedTask | undefined {
  return loaded.get(name) ?? announced.get(name);
}
