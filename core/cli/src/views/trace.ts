/** What one request caused, line by line. */

import type { TraceLine } from "../commands/trace/trace-lines.js";
import type { Style } from "../style.js";

const WIDTH = "workflow".length;

export function renderTrace(lines: readonly TraceLine[], style: Style): string {
  return lines.map((line) => `${style.dim(line.time)} ${line.source.padEnd(WIDTH)} ${marked(line, style)}`).join("\n");
}

function marked({ level, message }: TraceLine, style: Style): string {
  if (level === "error") return style.red(message);
  return level === "warn" ? style.yellow(message) : message;
}
