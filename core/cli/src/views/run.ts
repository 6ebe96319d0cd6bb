/** A run with its operations, slowest facts included: state, attempts, duration, error. */

import { counted } from "@provisioning/model";
import type { OperationReport, RunReport } from "@provisioning/actions";
import type { Diagnostic } from "@provisioning/model";
import type { Style } from "../style.js";
import { renderDiagnostic } from "./error.js";
import { formatDuration } from "./duration.js";
import { renderTable } from "./table.js";

export interface RunShape {
  /** Of a long run that went well only what took longest: each operation was told when it was done. */
  readonly brief?: boolean;
}

/** More operations than these are not all listed again. */
const BRIEF_ABOVE = 12;
const SLOWEST = 5;

export function renderRun(run: RunReport, style: Style, { brief = false }: RunShape = {}): string {
  const isBrief = brief && run.status === "completed" && run.operations.length > BRIEF_ABOVE;
  const table = renderTable(
    isBrief ? slowest(run) : run.operations,
    [
      { title: "", cell: (operation) => markOf(operation, style) },
      { title: "OPERATION", cell: (operation) => operation.title },
      { title: "STATE", cell: (operation) => operation.status },
      { title: "TIME", cell: (operation) => (operation.durationMs === undefined ? "-" : formatDuration(operation.durationMs)) },
      {
        title: "USUALLY",
        cell: ({ usualMs }) => (usualMs === undefined ? "-" : formatDuration(usualMs)),
        optional: true,
      },
      { title: "TRIES", cell: (operation) => (operation.attempts > 1 ? String(operation.attempts) : ""), optional: true },
    ],
    style.width,
  );
  const failed = run.operations.filter(
    ({ status, error }) => status === "failed" || (status === "compensated" && error !== undefined),
  );
  return [
    ...(isBrief ? [style.dim("What took longest:")] : []),
    table,
    "",
    verdict(run, style),
    ...renderRollback(run, style),
    ...failed.flatMap((operation) => renderFailure(operation, run, style)),
    ...nextSteps(run, style),
  ].join("\n");
}

function slowest({ operations }: RunReport): readonly OperationReport[] {
  return [...operations].sort((left, right) => (right.durationMs ?? 0) - (left.durationMs ?? 0)).slice(0, SLOWEST);
}

function verdict(run: RunReport, style: Style): string {
  const done = run.operations.filter((operation) => operation.status === "completed").length;
  const status = run.interrupted ? "was interrupted" : (STANDING[run.status] ?? run.status);
  const text = `${run.name} ${status}: ${done} of ${counted(run.operations.length, "operation")} done (run ${run.id})`;
  if (run.status === "completed") return `${style.green("✓")} ${text}`;
  if (run.interrupted) return `${style.red("✗")} ${text}`;
  if (run.status === "paused") return `${style.yellow("■")} ${text}`;
  return run.status in STANDING ? `${style.cyan("▸")} ${text}` : `${style.red("✗")} ${text}`;
}

/** Of runs that have not ended. */
const STANDING: Partial<Readonly<Record<RunReport["status"], string>>> = {
  pending: "waits for a worker",
  running: "is running",
  rollingBack: "is being rolled back",
  paused: "is paused",
};

/** One line when everything is proven to be as it was; otherwise what is not, by name. */
function renderRollback(run: RunReport, style: Style): string[] {
  const { rollback } = run;
  if (rollback === undefined) return [];
  const undone = counted(rollback.operations.length, "operation");
  if (rollback.isProven) return [`${style.green("✓")} Rolled back: ${undone}, all as it was before.`];
  const titles = new Map<string, string>(run.operations.map(({ id, title }) => [id, title]));
  return [
    `${style.red("✗")} Rolled back: ${undone}, not all proven to be as it was before:`,
    ...rollback.operations.flatMap((item) => undoneLines(item, titles.get(item.operation) ?? item.operation)),
  ];
}

type Undone = NonNullable<RunReport["rollback"]>["operations"][number];

function undoneLines(undone: Undone, title: string): string[] {
  switch (undone.type) {
    case "equal":
      return [];
    case "differs":
      return [
        `  ${title}: undone, and not as it was`,
        ...undone.differences.map(
          ({ path, before, after }) => `    ${path.join(".")}: ${shown(before)} before, ${shown(after)} now`,
        ),
      ];
    case "unverified":
      return [`  ${title}: undone; whether all is as it was cannot be told`];
    case "notUndone":
      return [`  ${title}: not undone${undone.error === undefined ? "" : ` (${undone.error.message})`}`];
    case "half":
      return [`  ${title}: did not complete, and what it may have left was not undone`];
  }
}

function shown(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
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
  if (run.purpose === "batch" || run.purpose === "workflow") return nextStepsOfWorkflow(run, style);
  const next = (text: string) => `${style.cyan("→")} ${text}`;
  if (run.status === "paused") return ["", next(`Go on with: provisioning workflow resume ${run.id}`)];
  if (run.interrupted || run.status === "pending" || run.status === "failed" || run.status === "cancelled") {
    const command = run.purpose === "destroy" ? `cluster delete ${run.infra}` : `apply --infra ${run.infra}`;
    const failed = run.operations.find(({ status }) => status === "failed");
    const choices =
      failed === undefined || run.purpose === "destroy"
        ? []
        : [
            next(`Or leave it out: provisioning workflow skip ${run.id} '${failed.title}'`),
            next(`Or undo all of it: provisioning workflow rollback ${run.id}`),
          ];
    return ["", next(`Go on with: provisioning ${command}`), ...choices];
  }
  if (run.status !== "completed" || run.purpose !== "apply") return [];
  return [
    next(`See what runs: provisioning cluster status ${run.infra}`),
    next(`Undo it: provisioning workflow rollback ${run.id}`),
  ];
}

function nextStepsOfWorkflow({ id, status, interrupted, purpose: group }: RunReport, style: Style): string[] {
  const isWaiting = interrupted || status === "paused" || status === "pending";
  if (isWaiting) return ["", `${style.cyan("→")} Go on with: provisioning ${group} resume ${id}`];
  if (status !== "failed" && status !== "cancelled") return [];
  return [
    "",
    `${style.cyan("→")} Go on with: provisioning ${group} retry ${id}, or undo it: provisioning ${group} rollback ${id}`,
  ];
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
