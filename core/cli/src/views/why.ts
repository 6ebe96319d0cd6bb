/** Reasons as sentences. */

import type { OperationWhy, WhyReport } from "@provisioning/actions";
import type { ErrorRecord, Instant } from "@provisioning/model";
import type { Style } from "../style.js";

type RunReason = WhyReport["reason"];
type OperationReason = OperationWhy["reason"];

/** Of a whole run only what is not simply done; `isChosen`: what somebody asked for. */
export function renderWhy(report: WhyReport, style: Style, isChosen: boolean): string {
  const titles = new Map<string, string>(report.operations.map(({ id, title }) => [id, title]));
  const titleOf = (id: string) => titles.get(id) ?? id;
  const shown = isChosen ? report.operations : report.operations.filter(({ reason }) => reason.type !== "completed");
  return [
    `${report.name} ${report.status}: ${runSentence(report.reason, titleOf)}`,
    ...shown.flatMap((operation) => [
      "",
      `${style.bold(operation.title)}  (${operation.status})`,
      ...operationSentences(operation.reason, titleOf).map((line) => `  ${line}`),
    ]),
    ...(shown.length === 0 && !isChosen ? ["All its operations were done."] : []),
  ].join("\n");
}

type TitleOf = (id: string) => string;

function runSentence(reason: RunReason, titleOf: TitleOf): string {
  switch (reason.type) {
    case "waitsForWorker":
      return reason.isDue ? "it waits for somebody to carry it out." : `it waits until ${moment(reason.notBefore)}.`;
    case "worked":
      return `${reason.holder} works on it since ${moment(reason.since)}.`;
    case "pausing":
      return `${reason.by} asked for a pause (${reason.reason}); what runs is let finish.`;
    case "paused":
      return `${reason.by} paused it at ${moment(reason.at)}: ${reason.reason}.`;
    case "cancelled":
      return reason.by === "" ? "it was cancelled." : `${reason.by} cancelled it at ${moment(reason.at)}: ${reason.reason}.`;
    case "rollsBack":
    case "rolledBack": {
      const cause =
        reason.because === undefined ? `${reason.by ?? "somebody"} asked for it` : `${titleOf(reason.because)} failed`;
      const extent = reason.toCheckpoint ? "back to a checkpoint" : "to the beginning";
      return `${reason.type === "rollsBack" ? "it is being undone" : "it was undone"} ${extent}, because ${cause}.`;
    }
    case "completed":
      return "everything in it was done.";
    case "failed":
      return `because of ${reason.operations.map(titleOf).join(", ")}.`;
  }
}

function operationSentences(reason: OperationReason, titleOf: TitleOf): readonly string[] {
  switch (reason.type) {
    case "waitsForOperations":
      return reason.operations.map(({ operation, type, status }) => `It waits for ${titleOf(operation)} (${status}, ${type}).`);
    case "waitsForCondition":
      return [`It waits until this holds: ${reason.expression}`];
    case "waitsForSlot":
      return [`It waits for ${reason.slot}, which ${reason.holders.map(({ operation }) => titleOf(operation)).join(", ")} uses.`];
    case "waitsForPlace":
      return [`${reason.limit} operations run at a time; it waits for one of: ${reason.running.map(titleOf).join(", ")}.`];
    case "waitsForRun":
      return [`It could start: ${runSentence(reason.run, titleOf)}`];
    case "retries":
      return [`Attempt ${reason.attempt} failed; it is tried again at ${moment(reason.at)}.`, ...errorLines(reason.error)];
    case "runs":
      return [`Attempt ${reason.attempt} runs since ${moment(reason.since)}, by ${reason.holder}.`];
    case "completed":
      return [`It was done at ${moment(reason.at)}${reason.attempt > 1 ? `, in attempt ${reason.attempt}` : ""}.`];
    case "failed":
      return [`It failed for good at ${moment(reason.at)}, in attempt ${reason.attempt}.`, ...errorLines(reason.error)];
    case "skipped":
      return [
        reason.isNeeded
          ? `It was not started: it needs ${titleOf(reason.because)}, which failed.`
          : `It was not started: the run stopped when ${titleOf(reason.because)} failed.`,
        ...(reason.error === undefined ? [] : errorLines(reason.error)),
      ];
    case "passed":
      return [`${reason.by} said at ${moment(reason.at)} that it counts as done.`];
    case "cancelled":
      return [
        `${reason.by === "" ? "Somebody" : reason.by} cancelled the run${reason.reason === "" ? "" : `: ${reason.reason}`}.`,
        reason.wasStarted ? "It had been started: its effect may be there in part." : "It had not been started.",
      ];
    case "isUndone":
      return ["It is being undone."];
    case "wasUndone":
      return ["It was done, and undone again."];
    case "notUndone":
      return ["It was done and could not be undone: its effect is still there.", ...errorLines(reason.error)];
  }
}

function errorLines({ code, message, hint }: ErrorRecord): readonly string[] {
  return [`${code}: ${message}`, ...(hint === undefined ? [] : [`→ ${hint}`])];
}

function moment(at: Instant | undefined): string {
  return at === undefined ? "later" : new Date(at).toISOString();
}
