/** Versions for people. */

import type { LockedVersions, UpgradedVersions, VersionCheck, VersionEntry } from "@provisioning/actions";
import type { Style } from "../style.js";
import { renderTable } from "./table.js";

export function renderVersions(entries: readonly VersionEntry[], style: Style): string {
  return renderTable(
    entries,
    [
      { title: "", cell: ({ differs }) => (differs ? style.yellow("!") : "") },
      { title: "WHAT", cell: ({ kind }) => kind },
      { title: "NAME", cell: ({ name }) => name },
      { title: "PRESENT", cell: ({ present }) => present },
      { title: "INSTALLED", cell: ({ installed }) => installed.join(", ") || "-", optional: true },
      {
        title: "LOCKED",
        cell: ({ locked, differs }) => (locked === undefined ? "-" : `${locked}${differs ? " (differs)" : ""}`),
        optional: true,
      },
      { title: "SOFTWARE", cell: ({ software }) => software?.installed?.join(", ") ?? "-", optional: true },
      { title: "PINNED", cell: ({ software }) => software?.locked ?? "-", optional: true },
      { title: "AVAILABLE", cell: ({ software }) => software?.available ?? "-", optional: true },
    ],
    style.width,
  );
}

export function renderChecks(checks: readonly VersionCheck[], style: Style): string {
  if (checks.length === 0) return "None of these says where newer versions are announced.";
  const table = renderTable(
    checks,
    [
      {
        title: "",
        cell: ({ update, problem }) => (problem === undefined ? (update ? style.cyan("→") : style.green("✓")) : style.red("✗")),
      },
      { title: "TASKSERV", cell: ({ taskserv }) => taskserv },
      { title: "LOCKED", cell: ({ current }) => current ?? "-", optional: true },
      { title: "ALLOWED", cell: ({ allowed }) => allowed ?? "-", optional: true },
      { title: "NEWEST", cell: ({ newest }) => newest ?? "-", optional: true },
      { title: "RULE", cell: ({ strategy, constraint }) => [strategy, constraint].filter(Boolean).join(" ") },
      { title: "SOURCE", cell: ({ source }) => `${source.type} ${source.location}` },
      {
        title: "ASKED",
        cell: ({ checkedAt, cached }) => (checkedAt === undefined ? "-" : cached ? checkedAt : "now"),
        optional: true,
      },
    ],
    style.width,
  );
  const problems = [...new Set(checks.flatMap(({ problem }) => (problem === undefined ? [] : [problem])))];
  const updates = checks.filter(({ update }) => update).length;
  return [
    table,
    ...problems.map((problem) => `${style.red("✗")} ${problem}`),
    ...(updates === 0 ? [] : ["", "Next: provisioning version upgrade --check"]),
  ].join("\n");
}

export function renderLock({ file, taskservs, changes, written }: LockedVersions): string {
  const lines = changes.map(
    ({ taskserv, change, from, to }) => `  ${change} ${taskserv}: ${[from, to].filter(Boolean).join(" → ")}`,
  );
  if (written) return [`Wrote ${file} with ${taskservs} taskservs.`, ...lines].join("\n");
  return lines.length === 0 ? `${file} is as the workspace is.` : ["Would change:", ...lines].join("\n");
}

export function renderUpgrades({ upgrades, problems, written }: UpgradedVersions): string {
  const lines = upgrades.map(({ taskserv, from, to }) => `  ${taskserv}: ${from ?? "not known"} → ${to}`);
  const head = upgrades.length === 0 ? "Nothing newer is allowed." : written ? "Moved:" : "Would move:";
  return [head, ...lines, ...problems.map(({ taskserv, problem }) => `  ${taskserv}: ${problem}`)].join("\n");
}
