/** Storages as text: what one holds, what is damaged in it, what was moved. */

import type { MigratedStorage, StorageReport, StorageValidation } from "@provisioning/actions";
import { counted } from "@provisioning/model";
import type { Style } from "../style.js";
import { formatDuration } from "./duration.js";

export function renderStorage(report: StorageReport): string {
  const { type, configuredAs, features } = report;
  const states = Object.entries(report.runsByStatus).map(([status, count]) => `${count} ${status}`);
  return lines([
    ["type", configuredAs === type ? type : `${configuredAs}, which means ${type}`],
    ["place", report.location],
    ["format", report.format === undefined ? "" : String(report.format)],
    ["size", report.bytes === undefined ? "" : formatBytes(report.bytes)],
    ["runs", `${report.runs}${states.length === 0 ? "" : ` (${states.join(", ")})`}, ${counted(report.events, "event")}`],
    ["resources", String(report.resources)],
    ["leases held", report.leases.map(({ scope, holder }) => `${scope} by ${holder}`).join("\n") || "none"],
    ["needs", features.dependencies],
    ["access", features.authentication],
    ["real time", features.realTime ? "yes" : "no"],
    ["scales to", features.scalability],
    ["complexity", features.complexity],
    ["best for", features.bestFor],
  ]);
}

export function renderValidation({ isValid, damages, content }: StorageValidation, style: Style): string {
  if (!isValid) {
    const found = damages.map(({ place, problem }) => `${style.red("✗")} ${place}: ${problem}`);
    return [...found, `${counted(damages.length, "place")} damaged.`].join("\n");
  }
  return `${style.green("✓")} All is well: ${contentText(content)}.`;
}

export function renderMigration(moved: MigratedStorage, style: Style): string {
  const { from, to, dryRun, resumed, copied, content, settings, passwordsLeft, switched } = moved;
  const what = `${counted(copied.runs, "run")}, ${counted(copied.events, "event")}, ${counted(copied.resources, "resource")}`;
  const ends = [`from ${from.type} at ${from.location}`, `to ${to.type} at ${to.location}`];
  const rest = resumed ? " (the target holds a part already)" : "";
  if (dryRun) return [`Would copy ${what}${rest}`, ...ends.map((end) => `  ${end}`)].join("\n");
  const waited = moved.heldBackMs > 0 ? [`  writers waited ${formatDuration(moved.heldBackMs)}`] : [];
  const done = [
    `${style.green("✓")} Copied ${what}${rest}`,
    ...ends.map((end) => `  ${end}`),
    ...waited,
    `  both hold ${contentText(content)}`,
  ];
  const left = passwordsLeft.map((key) => `${key} stands in no file: go on giving it by hand.`);
  if (switched) return [...done, "The workspace uses the new storage.", ...left].join("\n");
  const wanted = Object.entries(settings).map(([key, value]) => `  ${key}: ${String(value)}`);
  return [...done, "The source stays in use. To use the new storage, say in config/provisioning.yaml:", ...wanted, ...left].join(
    "\n",
  );
}

function contentText(content: StorageValidation["content"]): string {
  if (content === undefined) return "nothing";
  const { runs, events, resources, digest } = content;
  return `${counted(runs, "run")}, ${counted(events, "event")}, ${counted(resources, "resource")}, sha256 ${digest}`;
}

const STEP = 1024;

function formatBytes(bytes: number): string {
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
  let value = bytes;
  let unit = 0;
  while (value >= STEP && unit < units.length - 1) {
    value /= STEP;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

function lines(rows: readonly (readonly [string, string])[]): string {
  const shown = rows.filter(([, text]) => text !== "");
  const width = Math.max(...shown.map(([title]) => title.length)) + 2;
  return shown.map(([title, text]) => `${title.padEnd(width)}${text.replaceAll("\n", `\n${" ".repeat(width)}`)}`).join("\n");
}
