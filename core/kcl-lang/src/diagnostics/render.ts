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
  const mark = excerpt.caret === false ? "  " : `${" ".repeat(column)}^ `;
  const text = excerpt.message === "" ? "" : `${mark}${excerpt.message}`;
  lines.push(`${gutter}${text}`, gutter);
  return lines;
}
