/** Errors and findings for people: what happened, where, what to do. Stack traces only with `--debug`. */

import { type Diagnostic, DiagnosticsError, ProvisioningError } from "@provisioning/model";
import type { Style } from "../style.js";
import { printable } from "./printable.js";

export function renderError(error: unknown, style: Style, debug: boolean): string {
  const lines =
    error instanceof DiagnosticsError
      ? error.diagnostics.flatMap((diagnostic) => renderDiagnostic(diagnostic, style))
      : renderFailure(error, style);
  if (debug) lines.push("", stackOf(error));
  return printable(lines.join("\n"), style.colours);
}

function renderFailure(error: unknown, style: Style): string[] {
  if (!(error instanceof ProvisioningError)) {
    return [
      `${style.red("✗ INTERNAL")} ${error instanceof Error ? error.message : String(error)}`,
      "  This is a bug in provisioning. Run again with --debug and report it.",
    ];
  }
  const lines = [`${style.red(`✗ ${error.code}`)} ${error.message}`];
  const output = error.details.output;
  if (typeof output === "string" && output !== "")
    lines.push(
      ...output
        .trimEnd()
        .split("\n")
        .map((line) => style.dim(`  │ ${line}`)),
    );
  if (error.hint !== undefined) lines.push(`  ${style.cyan("→")} ${error.hint}`);
  return lines;
}

export function renderDiagnostic(diagnostic: Diagnostic, style: Style): string[] {
  const mark = diagnostic.severity === "error" ? style.red(`✗ ${diagnostic.code}`) : style.yellow(`! ${diagnostic.code}`);
  const lines = [`${mark} ${diagnostic.summary}`];
  if (diagnostic.position !== undefined) lines.push(...renderPlace(diagnostic, style));
  if (diagnostic.detail !== undefined) lines.push(`  ${diagnostic.detail}`);
  if (diagnostic.hint !== undefined) lines.push(`  ${style.cyan("→")} ${diagnostic.hint}`);
  return lines;
}

function renderPlace(diagnostic: Diagnostic, style: Style): string[] {
  const { file, line, column } = diagnostic.position as NonNullable<Diagnostic["position"]>;
  const place = style.dim(`  --> ${file}:${line}:${column}`);
  if (diagnostic.sourceLine === undefined) return [place];
  const gutter = String(line);
  const pointer = `${" ".repeat(gutter.length + 3)}${" ".repeat(Math.max(0, column - 1))}${style.red("^")}`;
  return [place, `  ${style.dim(`${gutter} |`)} ${diagnostic.sourceLine}`, `  ${pointer}`];
}

function stackOf(error: unknown): string {
  const parts: string[] = [];
  for (let at: unknown = error; at instanceof Error; at = at.cause) parts.push(at.stack ?? at.message);
  return parts.join("\nCaused by: ");
}
