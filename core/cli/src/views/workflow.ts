/** Workflow documents and their tasks as people read them. */

import type { TaskInfo, WorkflowForecast, WorkflowValidation } from "@provisioning/actions";
import { counted, isJsonObject, type Json, textOf } from "@provisioning/model";
import type { Style } from "../style.js";
import { renderTable } from "./table.js";

export function renderDocumentValidation({ name, infra, steps }: WorkflowValidation, style: Style): string {
  return `${style.green("✓")} ${name} can be carried out for ${infra}: ${counted(steps.length, "step")}.`;
}

export function renderDocumentForecast(forecast: WorkflowForecast, style: Style): string {
  const { waves, longestPath, parallelLimit } = forecast;
  return [
    ...waves.flatMap((wave, index) => [
      style.bold(`Wave ${index + 1}`),
      ...wave.map(({ id, items }) => `  ${id}: ${items.join(", ")}`),
      "",
    ]),
    `${style.bold("Longest path")} (${counted(longestPath.length, "step")})`,
    ...longestPath.map((step) => `  ${step}`),
    "",
    `At most ${counted(parallelLimit, "step")} at a time.`,
  ].join("\n");
}

export function renderTasks(tasks: readonly TaskInfo[], style: Style): string {
  return renderTable(
    tasks,
    [
      { title: "TASK", cell: ({ name }) => name },
      { title: "PARAMETERS", cell: (task) => namesOf(task.params).join(", ") || "-" },
      {
        title: "WHAT IT DOES",
        cell: ({ summary, announced }) => (announced === undefined ? summary : style.dim(`not possible yet: ${announced}`)),
      },
    ],
    style.width,
  );
}

export function renderTask({ name, summary, announced, params, output }: TaskInfo, style: Style): string {
  if (announced !== undefined) return `${style.bold(name)}: not possible yet: ${announced}`;
  return [
    `${style.bold(name)}: ${summary}`,
    "",
    "It takes (? can be left out):",
    ...namesOf(params).map((key) => `  ${key}`),
    "",
    `It gives: ${namesOf(output).join(", ") || "what it assigns"}`,
  ].join("\n");
}

/** From its JSON Schema. */
function namesOf(schema: Json | undefined): readonly string[] {
  if (!isJsonObject(schema) || !isJsonObject(schema.properties)) return [];
  const required = Array.isArray(schema.required) ? schema.required.map((name: Json) => textOf(name)) : [];
  return Object.keys(schema.properties).map((name) => (required.includes(name) ? name : `${name}?`));
}
