/** A plan as people read it: what is destroyed first, then replaced, changed and created; a verdict at the end. */

import { type Change, type ChangeKind, countChanges, type FieldChange, type Json, type Plan, counted } from "@provisioning/model";
import type { Style } from "../style.js";

const ORDER: readonly ChangeKind[] = ["delete", "replace", "update", "create", "read"];
const MARKS: Readonly<Record<ChangeKind, string>> = { delete: "-", replace: "±", update: "~", create: "+", read: "?", none: " " };
const HEADINGS: Readonly<Record<ChangeKind, string>> = {
  delete: "Destroy",
  replace: "Replace",
  update: "Change",
  create: "Create",
  read: "Look at again",
  none: "Keep",
};

export function renderPlan(plan: Plan, style: Style): string {
  const lines: string[] = [];
  for (const kind of ORDER) {
    const changes = plan.changes.filter((change) => change.kind === kind);
    if (changes.length === 0) continue;
    lines.push(style.bold(HEADINGS[kind]), ...changes.flatMap((change) => renderChange(change, style)), "");
  }
  lines.push(renderVerdict(plan, style));
  return lines.join("\n");
}

/** One line: `1 destroy · 2 change · 6 create`, or that nothing changes. */
export function renderVerdict(plan: Plan, style: Style): string {
  const counts = countChanges(plan);
  const parts = ORDER.filter((kind) => counts[kind] > 0).map((kind) => `${counts[kind]} ${HEADINGS[kind].toLowerCase()}`);
  if (plan.changes.length === 0)
    return `${style.yellow("-")} ${plan.infra}: there is nothing to do, because there is nothing in it.`;
  if (parts.length === 0)
    return `${style.green("✓")} ${plan.infra}: nothing changes (${counted(counts.none, "resource")} as described).`;
  return `${style.bold(plan.infra)}: ${parts.join(" · ")}`;
}

function renderChange(change: Change, style: Style): string[] {
  const paint = paintFor(change.kind, style);
  const drift = change.drift ? style.yellow(" (drift)") : "";
  const reasons = change.reasons.length === 0 || change.kind === "create" ? "" : style.dim(`  ${change.reasons.join("; ")}`);
  const lines = [`  ${paint(`${MARKS[change.kind]} ${change.address}`)}${drift}${reasons}`];
  for (const field of change.fields) lines.push(`      ${renderField(field, style)}`);
  for (const step of change.kind === "create" ? [] : change.steps) {
    lines.push(`      ${style.dim("step")} ${step.title}`);
    if (step.diff !== undefined) lines.push(...renderDiff(step.diff, style));
  }
  return lines;
}

function renderField(field: FieldChange, style: Style): string {
  const place = field.position === undefined ? "" : style.dim(`  ${field.position.file}:${field.position.line}`);
  const forces = field.forcesReplacement ? style.red(" (forces a replacement)") : "";
  return `${field.path}: ${show(field.before)} → ${show(field.after)}${forces}${place}`;
}

function show(value: Json | undefined): string {
  return value === undefined ? "(none)" : typeof value === "string" ? value : JSON.stringify(value);
}

function renderDiff(diff: string, style: Style): string[] {
  return diff
    .trimEnd()
    .split("\n")
    .map(
      (line) => `        ${line.startsWith("+") ? style.green(line) : line.startsWith("-") ? style.red(line) : style.dim(line)}`,
    );
}

function paintFor(kind: ChangeKind, style: Style): (text: string) => string {
  if (kind === "delete" || kind === "replace") return style.red;
  if (kind === "create") return style.green;
  return style.yellow;
}
