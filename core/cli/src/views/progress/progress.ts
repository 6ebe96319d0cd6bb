/**
 * Progress of an action on stderr. Every finished operation is a line that stays. On a terminal the lines below show what runs right now, since
 * when, how long it usually takes, and what the rest waits for. In a pipeline lines have the time in front, and a run is a group that its log
 * can fold.
 */

import type { ActionEvent } from "@provisioning/actions";
import { counted, type RunEvent } from "@provisioning/model";
import type { CliContext } from "../../cli-context.js";
import { styleFor } from "../../style.js";
import { formatDuration } from "../duration.js";
import { inWords } from "../marks.js";
import { printable } from "../printable.js";
import { type Folding, foldingOf } from "./folding.js";
import { createLiveRegion } from "./live-region.js";
import { type OperationEnd, type Waiting, Work } from "./work.js";

export interface Progress {
  show(event: ActionEvent): void;
  /** Takes away what does not stay. */
  stop(): void;
}

const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const REDRAW_MS = 100;

type Surroundings = Pick<CliContext, "process" | "view">;

/** Whether what runs right now is drawn: on a terminal, for eyes. */
export function isDrawn({ process: { stderr, env }, view }: Surroundings): boolean {
  return stderr.isTTY === true && env.TERM !== "dumb" && !isPipeline(env) && !view.plain && !view.quiet;
}

function isPipeline({ CI }: CliContext["process"]["env"]): boolean {
  return CI !== undefined && CI !== "" && CI !== "false";
}

export function createProgress(around: Surroundings, now: () => number): Progress {
  const {
    process: { stderr: stream, env },
    view,
  } = around;
  const style = styleFor(stream, env);
  const isCi = isPipeline(env);
  const isLive = isDrawn(around);
  const region = createLiveRegion(stream);
  const work = new Work();
  const folding: Folding | undefined = isCi ? foldingOf(env) : undefined;
  let timer: NodeJS.Timeout | undefined;
  let frame = 0;
  /** When a run has taken so long that it ends with the terminal's bell. */
  let bellFrom: number | undefined;
  let openGroup: string | undefined;

  const line = (text: string) => {
    const told = printable(text, style.colours);
    const words = view.plain ? inWords(told) : told;
    region.print(isCi ? `${new Date(now()).toISOString().slice(11, 19)} ${words}` : words);
    if (timer !== undefined) draw();
  };
  /** Of no interest to whoever only wants results. */
  const note = (text: string) => {
    if (!view.quiet) line(text);
  };
  const draw = () => {
    frame += 1;
    const mark = style.cyan(FRAMES[frame % FRAMES.length] as string);
    const waiting = work.waiting();
    // The last line says how far it is, whatever else there is no room for.
    const running = [...work.running].slice(0, Math.max(1, region.room - 1));
    let left = region.room - 1 - running.length;
    const lines = running.flatMap(([id, { title, since, text, usualMs }]) => {
      const took = formatDuration(now() - since);
      const usual = usualMs === undefined ? "" : ` of usually ${formatDuration(usualMs)}`;
      const below = waiting.filter(({ under }) => under === id).slice(0, Math.max(0, left));
      left -= below.length;
      return [
        `${mark} ${title}${text === "" ? "" : style.dim(`: ${text}`)} ${style.dim(`(${took}${usual})`)}`,
        ...below.map((one, index) => style.dim(`  ${index === below.length - 1 ? "└" : "├"} ${one.title}${alsoFor(one)}`)),
      ];
    });
    if (lines.length > 0)
      region.draw([...lines, style.dim(`  ${work.finished} of ${work.total} done${waitingText(waiting)}`)].map(safe));
  };
  const safe = (text: string) => printable(text, style.colours);
  const startTimer = () => {
    if (!isLive || timer !== undefined) return;
    timer = setInterval(draw, REDRAW_MS);
    timer.unref();
  };
  const stopTimer = () => {
    if (timer !== undefined) clearInterval(timer);
    timer = undefined;
    region.clear();
  };

  const finish = ({ operation: id, at }: OperationEnd, mark: string, text: string) => {
    const ran = work.end(id);
    const took = ran === undefined ? "" : style.dim(` (${formatDuration(at - ran.since)})`);
    const step = view.plain ? `step ${work.finished} of ${work.total}: ` : "";
    note(`${mark} ${step}${work.titleOf(id)}${took}${text === "" ? "" : `  ${style.dim(text)}`}`);
    if (work.running.size === 0) region.clear();
  };

  const showRun = (event: RunEvent) => {
    switch (event.type) {
      case "operationStarted":
        work.start(event.operation, event.at);
        startTimer();
        return;
      case "operationCompleted": {
        const changed = work.changedSteps.get(event.operation) ?? 0;
        return finish(event, style.green("✓"), changed > 0 ? `${counted(changed, "step")} changed` : "");
      }
      case "operationFailed":
        if (event.retryAt === undefined) return finish(event, style.red("✗"), event.error.message);
        work.finished -= 1;
        return finish(
          event,
          style.yellow("↻"),
          `${event.error.message} Trying again in ${formatDuration(event.retryAt - now())}.`,
        );
      case "operationSkipped":
        work.end(event.operation);
        return note(
          `${style.yellow("-")} ${work.titleOf(event.operation)} ${style.dim(`skipped: ${work.titleOf(event.because)} failed`)}`,
        );
      case "operationCancelled":
        // What never began is in the report of the run.
        if (work.running.has(event.operation)) return finish(event, style.yellow("■"), "stopped");
        work.end(event.operation);
        return;
      case "rollbackStarted":
        return note(style.yellow("↶ rolling back what was done"));
      case "compensationCompleted":
        return note(`${style.green("↶")} undone: ${work.titleOf(event.operation)}`);
      case "compensationFailed":
        return line(`${style.red("✗")} could not undo: ${work.titleOf(event.operation)}: ${event.error.message}`);
      case "cancelRequested":
        return note(style.yellow(`■ ${event.reason}`));
      default:
        return;
    }
  };

  return {
    show(event) {
      switch (event.type) {
        case "phase":
          return note(`${style.cyan("▸")} ${event.title}`);
        case "planned":
          // Whoever is asked sees all of it; see the command.
          return;
        case "runStarted":
          bellFrom = now() + event.longAfterMs;
          work.announce(event.operations);
          openGroup = event.runId;
          if (folding !== undefined && !view.quiet) stream.write(folding.open(openGroup, `Run ${event.runId}`, now()));
          return note(
            `${style.cyan("▸")} ${event.isWatched === true ? "Watch" : event.resumed ? "Go on with" : "Start"} run ${event.runId}: ${counted(event.operations.length, "operation")}`,
          );
        case "run":
          return showRun(event.event);
        case "progress": {
          const at = work.running.get(event.operation);
          if (at !== undefined) at.text = event.text;
          return;
        }
        case "step": {
          const { operation, step, title } = event;
          if (step.status === "changed") work.changedSteps.set(operation, (work.changedSteps.get(operation) ?? 0) + 1);
          const at = work.running.get(operation);
          if (at !== undefined) at.text = title;
          if (view.verbose && step.status !== "ok")
            note(`  ${style.dim(`${work.titleOf(operation)}: ${title}: ${step.status}`)}`);
          return;
        }
        case "note":
          return note(`  ${style.dim(event.text)}`);
        case "warning":
          return line(`${style.yellow("!")} ${event.text}`);
      }
    },
    stop() {
      stopTimer();
      if (folding !== undefined && openGroup !== undefined && !view.quiet) stream.write(folding.close(openGroup, now()));
      if (isLive && bellFrom !== undefined && now() >= bellFrom) stream.write("\u0007");
      [openGroup, bellFrom] = [undefined, undefined];
    },
  };
}

/** What comes next, and what it waits for. */
function waitingText(waiting: readonly Waiting[]): string {
  const [first] = waiting;
  if (first === undefined) return "";
  const others = waiting.length > 1 ? ` and ${waiting.length - 1} more` : "";
  return `; next: ${first.title}${others}, waiting for ${reasonOf(first.for)}`;
}

/** Below one that it waits for: what else. */
function alsoFor({ for: reasons }: Waiting): string {
  return reasons.length > 1 ? `, waiting for ${reasonOf(reasons.slice(1))} too` : "";
}

function reasonOf([first, ...others]: readonly string[]): string {
  if (first === undefined) return "its turn";
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}
