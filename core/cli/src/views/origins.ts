/** Who says what about a resource or one of its fields, for people. */

import type { WhyResource } from "@provisioning/actions";
import type { Style } from "../style.js";
import { valueText } from "./config.js";
import { renderPlan } from "./plan.js";
import { renderTable } from "./table.js";

export function renderOrigins({ address, field, value, origins, change }: WhyResource, style: Style): string {
  const subject = field === undefined ? address : `${address}.${field}`;
  const heading = value === undefined ? style.bold(subject) : `${style.bold(subject)} is ${shown(value)}`;
  const table = renderTable(
    origins,
    [
      { title: "", cell: ({ wins }) => (wins ? style.green("→") : " ") },
      { title: "WHO", cell: ({ source }) => source },
      { title: "SAYS", cell: said },
      { title: "WHERE", cell: ({ place }) => (place === undefined ? "" : `${place.file}:${place.line}`) },
      { title: "WHY", cell: ({ because }) => because },
    ],
    style.width,
  );
  const none = "Nobody says anything about it.";
  const plan = change === undefined ? [] : ["", planned(change, style)];
  return [heading, "", origins.length === 0 ? none : table, ...plan].join("\n");
}

/** A value that nobody evaluated is shown as it is written. */
function said({ value, text }: WhyResource["origins"][number]): string {
  return value === undefined ? (text ?? "") : shown(value);
}

function shown(value: unknown): string {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : valueText(value);
}

function planned(change: NonNullable<WhyResource["change"]>, style: Style): string {
  if (change.kind === "none") return `${style.green("✓")} The plan leaves it alone: it is as described.`;
  const lines = renderPlan({ infra: "" as never, changes: [change] }, style)
    .split("\n")
    .slice(0, -2);
  const reasons = change.kind === "create" ? [`      because ${change.reasons.join("; ")}`] : [];
  return [...lines, ...reasons].join("\n");
}
