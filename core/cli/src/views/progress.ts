/**
 * Progress of an action on stderr. Every finished operation is one line that stays; on a terminal one more line at the bottom
 * shows what runs right now and for how long. Without a terminal only the lines that stay are written.
 */

import { counted } from "@provisioning/model";
import type { ActionEvent } from "@provisioning/actions";
import type { OperationId, RunEvent } from "@provisioning/model";
import type { OutputStream } from "../cli-context.js";
import type { Style } from "../style.js";
import { formatDuration } from "./duration.js";
import { printable } from "./printable.js";
import { displayWidth } from "./table.js";

export interface Progress {
  show(event: ActionEvent): void;
  /** Takes the passing line away. */
  stop(): void;
}

const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const REDRAW_MS = 100;
const DEFAULT_WIDTH = 80;

interface Running {
  readonly title: string;
  readonly since: number;
  text: string;
}

export function createProgress(stream: OutputStream, style: Style, now: () => number): Progress {
  const titles = new Map<OperationId, string>();
  const running = new Map<OperationId, Running>();
  const changedSteps = new Map<OperationId, number>();
  let finished = 0;
  let timer: NodeJS.Timeout | undefined;
  let hasStatusLine = false;
  let frame = 0;

  const clear = () => {
    if (hasStatusLine) stream.write("\r\u001b[2K");
    hasStatusLine = false;
  };
  const line = (text: string) => {
    clear();
    stream.write(`${printable(text, style.colours)}\n`);
  };
  const drawStatus = () => {
    const [first] = running.values();
    if (first === undefined) return clear();
    frame += 1;
    const others = running.size > 1 ? ` and ${running.size - 1} more` : "";
    const doing = first.text === "" ? "" : `: ${first.text}`;
    const text = `${FRAMES[frame % FRAMES.length]} ${finished}/${titles.size} ${first.title}${doing}${others} (${formatDuration(now() - first.since)})`;
    stream.write(`\r\u001b[2K${cut(printable(text, style.colours), (stream.columns ?? DEFAULT_WIDTH) - 1)}`);
    hasStatusLine = true;
  };
  const startTimer = () => {
    if (stream.isTTY !== true || timer !== undefined) return;
    timer = setInterval(drawStatus, REDRAW_MS);
    timer.unref();
  };

  const showRun = (event: RunEvent) => {
    switch (event.type) {
      case "operationStarted":
        running.set(event.operation, { title: titles.get(event.operation) ?? event.operation, since: now(), text: "" });
        startTimer();
        return;
      case "operationCompleted": {
        const changed = changedSteps.get(event.operation) ?? 0;
        finish(event.operation, style.green("✓"), changed > 0 ? `${changed} ${changed === 1 ? "step" : "steps"} changed` : "");
        return;
      }
      case "operationFailed":
        if (event.retryAt === undefined) return finish(event.operation, style.red("✗"), event.error.message);
        return finish(
          event.operation,
          style.yellow("↻"),
          `${event.error.message} Trying again in ${formatDuration(event.retryAt - now())}.`,
        );
      case "operationSkipped":
        return line(
          `${style.yellow("-")} ${titles.get(event.operation) ?? event.operation} ${style.dim(`skipped: ${titles.get(event.because) ?? event.because} failed`)}`,
        );
      case "operationCancelled":
        return finish(event.operation, style.yellow("■"), "stopped");
      case "rollbackStarted":
        return line(style.yellow("↶ rolling back what was done"));
      case "compensationCompleted":
        return line(`${style.green("↶")} undone: ${titles.get(event.operation) ?? event.operation}`);
      case "compensationFailed":
        return line(
          `${style.red("✗")} could not undo: ${titles.get(event.operation) ?? event.operation}: ${event.error.message}`,
        );
      case "cancelRequested":
        return line(style.yellow(`■ ${event.reason}`));
      default:
        return;
    }
  };

  const finish = (operation: OperationId, mark: string, note: string) => {
    const started = running.get(operation);
    running.delete(operation);
    finished += 1;
    const took = started === undefined ? "" : style.dim(` (${formatDuration(now() - started.since)})`);
    line(`${mark} ${titles.get(operation) ?? operation}${took}${note === "" ? "" : `  ${style.dim(note)}`}`);
  };

  return {
    show(event) {
      switch (event.type) {
        case "phase":
          return line(`${style.cyan("▸")} ${event.title}`);
        case "planned":
          // Whoever is asked sees all of it; see the command.
          return;
        case "runStarted":
          for (const operation of event.operations) titles.set(operation.id, operation.title);
          return line(
            `${style.cyan("▸")} ${event.resumed ? "Go on with" : "Start"} run ${event.runId}: ${counted(event.operations.length, "operation")}`,
          );
        case "run":
          return showRun(event.event);
        case "progress": {
          const at = running.get(event.operation);
          if (at !== undefined) at.text = event.text;
          return;
        }
        case "step": {
          if (event.step.status === "changed") changedSteps.set(event.operation, (changedSteps.get(event.operation) ?? 0) + 1);
          const at = running.get(event.operation);
          if (at !== undefined) at.text = event.title;
          return;
        }
        case "note":
          return line(`  ${style.dim(event.text)}`);
        case "warning":
          return line(`${style.yellow("!")} ${event.text}`);
      }
    },
    stop() {
      if (timer !== undefined) clearInterval(timer);
      clear();
    },
  };
}

function cut(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  return `${Array.from(text)
    .slice(0, Math.max(0, width - 1))
    .join("")}…`;
}
