/**
 * A plan as people read it: what was changed behind our back, then what is destroyed, replaced, changed and created, each by server; a verdict
 * at the end.
 */

import { type Address, type Change, type ChangeKind, countChanges, counted, parseAddress, type Plan } from "@provisioning/model";
import type { Style } from "../style.js";
import { formatDuration } from "./duration.js";
import { fieldLines } from "./field.js";

export interface PlanShape {
  /** The verdict alone. */
  readonly summary?: boolean;
  /** Servers, and what is on them below. */
  readonly tree?: boolean;
  readonly only?: "destroy" | "replace" | "change" | "create";
}

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

export function renderPlan(plan: Plan, style: Style, { summary, tree, only }: PlanShape = {}): string {
  if (summary === true) return renderVerdict(plan, style);
  const shown = plan.changes.filter(
    ({ kind }) => kind !== "none" && (only === undefined || HEADINGS[kind].toLowerCase() === only),
  );
  const lines = tree === true ? treeLines(shown, style) : sectionLines(shown, style);
  return [...lines, renderVerdict(plan, style)].join("\n");
}

/** One line: `1 destroy · 2 change · 6 create · about 2 to 3 min`, or that nothing changes. */
export function renderVerdict(plan: Plan, style: Style): string {
  const counts = countChanges(plan);
  const parts = ORDER.filter((kind) => counts[kind] > 0).map((kind) => `${counts[kind]} ${HEADINGS[kind].toLowerCase()}`);
  if (plan.changes.length === 0)
    return `${style.yellow("-")} ${plan.infra}: there is nothing to do, because there is nothing in it.`;
  if (parts.length === 0)
    return `${style.green("✓")} ${plan.infra}: nothing changes (${counted(counts.none, "resource")} as described).`;
  return `${style.bold(plan.infra)}: ${[...parts, ...estimateParts(plan)].join(" · ")}`;
}

function estimateParts({ estimate }: Plan): string[] {
  if (estimate === undefined) return [];
  const [low, high] = [formatDuration(estimate.lowMs), formatDuration(estimate.highMs)];
  return [low === high ? `≈ ${low}` : `≈ ${low} to ${high}`];
}

function sectionLines(changes: readonly Change[], style: Style): string[] {
  const drifted = changes.filter(({ drift }) => drift);
  const wanted = changes.filter(({ drift }) => !drift);
  return [
    ...(drifted.length === 0 ? [] : [style.bold("Changed behind our back"), ...changeLines(byServer(drifted), style), ""]),
    ...ORDER.flatMap((kind) => {
      const found = wanted.filter((change) => change.kind === kind);
      return found.length === 0 ? [] : [style.bold(HEADINGS[kind]), ...changeLines(byServer(found), style), ""];
    }),
  ];
}

function byServer(changes: readonly Change[]): readonly Change[] {
  return groupsByServer(changes).flat();
}

/** A server with what is on it stands together, in the order in which they first come. */
function groupsByServer(changes: readonly Change[]): readonly (readonly Change[])[] {
  const groups = new Map<string, Change[]>();
  for (const change of changes) {
    const server = serverOf(change.address) ?? "";
    const group = groups.get(server);
    if (group === undefined) groups.set(server, [change]);
    else group.push(change);
  }
  return [...groups.values()];
}

function treeLines(changes: readonly Change[], style: Style): string[] {
  // What is destroyed comes from the inside out; here the server stands above what is on it.
  const depth = ({ address }: Change) => (parseAddress(address).kind === "taskserv" ? 1 : 0);
  const roots = groupsByServer(changes).flatMap((group) => group.toSorted((left, right) => depth(left) - depth(right)));
  let server: string | undefined;
  const lines = roots.flatMap((change) => {
    const address = parseAddress(change.address);
    const on = serverOf(change.address);
    const heading = address.kind === "taskserv" && on !== server ? [`  ${style.dim(`  server.${on}`)}`] : [];
    server = on;
    const name = address.kind === "taskserv" ? `  └ ${address.taskserv}` : change.address;
    return [...heading, `  ${paintFor(change.kind, style)(`${MARKS[change.kind]} ${name}`)}${driftMark(change, style)}`];
  });
  return lines.length === 0 ? [] : [...lines, ""];
}

function serverOf(address: Address): string | undefined {
  const parsed = parseAddress(address);
  return parsed.kind === "network" ? undefined : parsed.server;
}

function changeLines(changes: readonly Change[], style: Style): string[] {
  return changes.flatMap((change) => renderChange(change, style));
}

function renderChange(change: Change, style: Style): string[] {
  const paint = paintFor(change.kind, style);
  const reasons =
    change.reasons.length === 0 || (change.kind === "create" && !change.drift) ? "" : style.dim(`  ${change.reasons.join("; ")}`);
  const lines = [
    `  ${paint(`${MARKS[change.kind]} ${change.address}`)}${sizeMark(change, style)}${driftMark(change, style)}${reasons}`,
  ];
  for (const field of change.kind === "create" ? [] : change.fields)
    lines.push(...fieldLines(field, style).map((line) => `      ${line}`));
  lines.push(...unknownLines(change).map((line) => `      ${style.dim(line)}`));
  for (const step of change.kind === "create" ? [] : change.steps) {
    lines.push(`      ${style.dim("step")} ${step.title}`);
    if (step.diff !== undefined) lines.push(...renderDiff(step.diff, style));
  }
  return lines;
}

/** How many resources are named before the rest is only counted. */
const NAMED = 5;

/** What it will have or is made from that is not known yet: one line for its own, one for that of others. */
export function unknownLines({ address, unknown = [] }: Pick<Change, "address" | "unknown">): string[] {
  const own = unknown.filter(({ knownAfter }) => knownAfter === address).map(({ attribute }) => attribute);
  const others = new Map<string, string[]>();
  for (const { attribute, knownAfter } of unknown) {
    if (knownAfter === address) continue;
    others.set(attribute, [...(others.get(attribute) ?? []), shortName(knownAfter)]);
  }
  return [
    ...(own.length === 0 ? [] : [`${own.join(", ")}: (known after ${shortName(address)} is created)`]),
    ...[...others].map(([attribute, names]) => {
      const named = names.length > NAMED ? [...names.slice(0, NAMED), `${names.length - NAMED} more`] : names;
      return `uses the ${attribute} of ${named.join(", ")}: (known after ${names.length === 1 ? `${names[0]} is` : "they are"} created)`;
    }),
  ];
}

function shortName(address: Address): string {
  const parsed = parseAddress(address);
  return parsed.kind === "server" ? parsed.server : address;
}

/** How large a new server will be. */
function sizeMark({ kind, fields }: Change, style: Style): string {
  const size = kind === "create" ? fields.find(({ path }) => path === "plan")?.after : undefined;
  return typeof size === "string" ? style.dim(`  ${size}`) : "";
}

function driftMark({ drift }: Change, style: Style): string {
  return drift ? style.yellow(" (drift)") : "";
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
