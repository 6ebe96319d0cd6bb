/** What happened in a run, a line for each event, and its checkpoints. */

import type { CheckpointInfo, LogLine } from "@provisioning/actions";
import type { Style } from "../style.js";
import { renderTable } from "./table.js";

export function renderLogs(lines: readonly LogLine[], style: Style): string {
  return lines.map(({ at, level, message }) => `${style.dim(at)} ${markOf(level, style)} ${message}`).join("\n");
}

function markOf(level: LogLine["level"], style: Style): string {
  if (level === "error") return style.red("✗");
  return level === "warn" ? style.yellow("!") : style.dim("·");
}

export function renderCheckpoints(checkpoints: readonly CheckpointInfo[], width?: number): string {
  return renderTable(
    checkpoints,
    [
      { title: "NUMBER", cell: ({ number }) => String(number) },
      { title: "REACHED", cell: ({ at }) => at },
      { title: "COMPLETED", cell: ({ completed }) => completed.map(({ title }) => title).join(", ") },
    ],
    width,
  );
}
