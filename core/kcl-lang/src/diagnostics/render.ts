/** Diagnostics as text for a terminal: code and name, place, source line, caret, notes. */
import type { KclDiagnostic, SecondaryFinding } from "./diagnostic.js";
import type { Place } from "./place.js";

interface Excerpt {
  readonly position: Place;
  readonly sourceLine?: string;
  readonly message: string;
  readonly caret?: boolean;
}

/** Renders all diagnostics one after another, each ending with a line end. */
export function renderDiagnostics(list: readonly KclDiagnostic[]): string {
  return list.map(renderDiagnostic).join("\n");
}

function renderDiagnostic(finding: KclDiagnostic): string {
  const lines = [`${finding.severity}[${finding.code}]: ${finding.name}`];
  lines.push(...renderExcerpt(finding));
  for (const second of finding.secondary ?? []) lines.push("", ...renderExcerpt(second));
  for (const suggestion of finding.suggestions ?? []) lines.push(`suggestion: ${suggestion}`);
  for (const note of finding.notes ?? []) lines.push(`note: ${note}`);
  return `${lines.join("\n")}\n`;
}

function renderExcerpt(excerpt: Excerpt | SecondaryFinding): string[] {
  const { file, line, column } = excerpt.position;
  const width = String(line).length;
  const gutter = `${" ".repeat(width)} |`;
  const lines = [`${" ".repeat(width)}--> ${file}:${line}:${excerpt.caret === false ? 1 : column}`, gutter];
  if (excerpt.sourceLine !== undefined) lines.push(`${line} | ${excerpt.sourceLine}`);
  const mark = excerpt.caret === false ? "  " : `${" ".repeat(1 + shownWidth(excerpt.sourceLine, column - 1))}^ `;
  const text = excerpt.message === "" ? "" : `${mark}${excerpt.message}`;
  lines.push(`${gutter}${text}`, gutter);
  return lines;
}

const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]/u;

/** A line that is not shown needs no caret under its place; beyond this much the message stands at the side. */
const mostPadding = 200;

/** How many cells of a terminal the first characters of a line take: wide ones two, tabs and other control characters none. */
function shownWidth(line: string | undefined, characters: number): number {
  if (line === undefined) return Math.min(characters, mostPadding);
  let width = 0;
  for (const char of Array.from(line).slice(0, characters)) width += /[\p{Cc}\p{M}]/u.test(char) ? 0 : wide.test(char) ? 2 : 1;
  return width + Math.max(0, characters - Array.from(line).length);
}
