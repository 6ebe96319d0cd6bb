/** A run with its operations, slowest facts included: state, attempts, duration, error. */

import { counted } from "@provisioning/model";
import type { OperationReport, RunReport } from "@provisioning/actions";
import type { Diagnostic } from "@provisioning/model";
import type { Style } from "../style.js";
import { renderDiagnostic } from "./error.js";
import { formatDuration } from "./duration.js";
import { renderTable } from "./table.js";

export function renderRun(run: RunReport, style: Style): string {
  const table = renderTable(run.operations, [
    { title: "", cell: (operation) => markOf(operation, style) },
    { title: "OPERATION", cell: (operation) => operation.title },
    { title: "STATE", cell: (operation) => operation.status },
    { title: "TIME", cell: (operation) => (operation.durationMs === undefined ? "-" : formatDuration(operation.durationMs)) },
    { title: "TRIES", cell: (operation) => (operation.attempts > 1 ? String(operation.attempts) : "") },
  ]);
  const failed = run.operations.filter((operation) => operation.status === "failed");
  return [
    table,
    "",
    verdict(run, style),
    ...failed.flatMap((operation) => renderFailure(operation, run, style)),
    ...nextSteps(run, style),
  ].join("\n");
}

function verdict(run: RunReport, style: Style): string {
  const done = run.operations.filter((operation) => operation.status === "completed").length;
  const status = run.interrupted ? "was interrupted" : run.status === "running" ? "is running" : run.status;
  const text = `${run.name} ${status}: ${done} of ${counted(run.operations.length, "operation")} done (run ${run.id})`;
  if (run.status === "completed") return `${style.green("✓")} ${text}`;
  return run.status === "running" && !run.interrupted ? `${style.cyan("▸")} ${text}` : `${style.red("✗")} ${text}`;
}

function renderFailure(operation: OperationReport, run: RunReport, style: Style): string[] {
  const { error } = operation;
  if (error === undefined) return [];
  const details = error.details ?? {};
  const output = typeof details.output === "string" ? details.output.trimEnd() : "";
  const waiting = run.operations.filter(({ because }) => because === operation.id).map(({ title }) => title);
  return [
    "",
    `${style.red(`✗ ${error.code}`)} ${error.message}`,
    ...(output === "" ? [] : output.split("\n").map((line) => style.dim(`  │ ${line}`))),
    ...renderFindings(details.diagnostics, style),
    ...listed("Changed before it failed", details.changed),
    ...listed("Not reached", details.notReached),
    ...listed("Not started because of it", waiting),
    ...(error.hint === undefined ? [] : [`  ${style.cyan("→")} ${error.hint}`]),
  ];
}

function listed(title: string, items: unknown): string[] {
  return Array.isArray(items) && items.length > 0 ? [`  ${title}: ${items.map(String).join(", ")}.`] : [];
}

/** What was wrong in a definition, when that is why the operation failed. */
function renderFindings(diagnostics: unknown, style: Style): string[] {
  return Array.isArray(diagnostics) ? (diagnostics as Diagnostic[]).flatMap((item) => renderDiagnostic(item, style)) : [];
}

function nextSteps(run: RunReport, style: Style): string[] {
  if (run.interrupted || run.status === "failed" || run.status === "cancelled") {
    const command = run.purpose === "destroy" ? `cluster delete ${run.infra}` : `apply --infra ${run.infra}`;
    return ["", `${style.cyan("→")} Go on with: provisioning ${command}`];
  }
  return [];
}

function markOf(operation: OperationReport, style: Style): string {
  switch (operation.status) {
    case "completed":
      return style.green("✓");
    case "failed":
    case "compensationFailed":
      return style.red("✗");
    case "running":
    case "compensating":
      return style.cyan("▸");
    case "compensated":
      return style.yellow("↶");
    default:
      return style.yellow("-");
  }
}
