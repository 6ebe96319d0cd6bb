/** The configuration for people. */

import type {
  ChangedConfig,
  ConfigAccessor,
  ConfigDifference,
  ConfigEntry,
  ConfigFiles,
  ConfigFinding,
  ConfigValidation,
  ExplainedConfig,
} from "@provisioning/actions";
import type { Diagnostic } from "@provisioning/model";
import type { Style } from "../style.js";
import { renderDiagnostic } from "./error.js";
import { renderTable } from "./table.js";

/** As it would be typed: a text without quotes, a list with commas. */
export function valueText(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value))
    return value.map((item) => (typeof item === "object" ? JSON.stringify(item) : String(item))).join(",");
  if (typeof value !== "object" || value === null) return String(value as number | boolean | null | undefined);
  return Object.entries(value)
    .map(([name, item]) => `${name}=${typeof item === "object" ? JSON.stringify(item) : String(item)}`)
    .join(",");
}

export function renderEntries(
  entries: readonly ConfigEntry[],
  { raw, width }: { readonly raw: boolean; readonly width?: number | undefined },
): string {
  return renderTable(
    entries,
    [
      { title: "KEY", cell: ({ key }) => key },
      { title: "VALUE", cell: (entry) => inTable(raw ? entry.raw : entry.value) },
      {
        title: "FROM",
        cell: (entry) => (entry.layer === "defaults" ? entry.layer : `${entry.layer} ${placeText(entry)}`.trimEnd()),
      },
    ],
    width,
  );
}

export function renderExplained(explained: ExplainedConfig, style: Style): string {
  const { key, description, type, unit, result, layers, findings, environment, infra } = explained;
  const facts: (readonly [string, string])[] = [
    ["value", inTable(result.value)],
    ...(valueText(result.raw) === valueText(result.value) ? [] : [["written as", inTable(result.raw)] as const]),
    ["decided by", `${result.layer} ${placeText(result)}`.trimEnd()],
    ["type", unit === undefined ? type : `${type} ${unit}`],
    ["default", explained.default === undefined ? "none" : inTable(explained.default)],
    ...(explained.example === undefined ? [] : [["example", inTable(explained.example)] as const]),
    ...(explained.variable === undefined ? [] : [["variable", explained.variable] as const]),
    ...(explained.flag === undefined ? [] : [["flag", `--${explained.flag}`] as const]),
    ...(infra === undefined ? [] : [["infra", infra] as const]),
    ...(environment === undefined ? [] : [["environment", environment] as const]),
  ];
  const width = Math.max(...facts.map(([name]) => name.length));
  const table = renderTable(
    layers.toReversed(),
    [
      { title: "", cell: ({ wins }) => (wins ? style.green("→") : " ") },
      { title: "LAYER", cell: ({ layer }) => layer },
      { title: "SAYS", cell: ({ value }) => (value === undefined ? style.dim("nothing") : inTable(value)) },
      { title: "WHERE", cell: placeText },
    ],
    style.width,
  );
  const problems = findings.flatMap((finding) => ["", ...renderDiagnostic(toDiagnostic(finding), style)]);
  return [
    `${style.bold(key)}  ${description}`,
    "",
    ...facts.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`),
    "",
    table,
    ...problems,
  ].join("\n");
}

export function renderAccessors(accessors: readonly ConfigAccessor[], width?: number): string {
  return renderTable(
    accessors,
    [
      { title: "KEY", cell: ({ key }) => key },
      { title: "TYPE", cell: ({ type, unit }) => (unit === undefined ? type : `${type} ${unit}`) },
      {
        title: "DEFAULT",
        cell: (one) => (one.default === undefined ? (one.required ? "required" : "none") : inTable(one.default)),
      },
      { title: "MEANING", cell: ({ description }) => description },
    ],
    width,
  );
}

export function renderFiles({ layers, environments, environment, infra, configFolder }: ConfigFiles, style: Style): string {
  const table = renderTable(
    layers,
    [
      { title: "", cell: ({ exists }) => (exists ? style.green("✓") : style.dim("·")) },
      { title: "LAYER", cell: ({ layer }) => layer },
      { title: "FILE", cell: ({ file, section }) => (section === undefined ? file : `${file}, below ${section}:`) },
    ],
    style.width,
  );
  return [
    table,
    "",
    `Environment: ${environment ?? "none is chosen"}. There are: ${environments.join(", ") || "none"}.`,
    `Infra: ${infra ?? "none is chosen; say which one with --infra"}.`,
    `Your own files: ${configFolder}`,
  ].join("\n");
}

export function renderDifferences(differences: readonly ConfigDifference[], from: string, to: string, width?: number): string {
  return renderTable(
    differences,
    [
      { title: "KEY", cell: ({ key }) => key },
      { title: from.toUpperCase(), cell: (one) => inTable(one.from) },
      { title: to.toUpperCase(), cell: (one) => inTable(one.to) },
      { title: "FROM", cell: ({ toLayer }) => toLayer },
    ],
    width,
  );
}

export function renderConfigFindings({ ok, files, findings }: ConfigValidation, style: Style): string {
  const lines = findings.flatMap((finding) => renderDiagnostic(toDiagnostic(finding), style));
  const warnings = findings.length === 0 ? "" : ", with warnings";
  const sum = ok ? [`${style.green("✓")} ${files.length} files are in order${warnings}.`] : [];
  return [...lines, ...sum].join("\n");
}

/** `isCheck`: nothing was written. */
export function renderChangedConfig({ key, file, changed, result, overruled }: ChangedConfig, isCheck: boolean): string {
  const saved = isCheck ? `${file} would be changed.` : `✓ ${file} is saved.`;
  const done = changed ? saved : `${file} said so already.`;
  const name = key.startsWith(result.key) ? result.key : key;
  const now = `${name} ${isCheck ? "would be" : "is"} ${inTable(result.value)}${isCheck ? "" : " now"}, from ${result.layer}.`;
  return overruled ? `${done}\n! ${now} That layer has the last word here.` : `${done} ${now}`;
}

function inTable(value: unknown): string {
  if (typeof value === "object" && value !== null && Object.keys(value).length === 0) return JSON.stringify(value);
  const text = valueText(value);
  return text === "" ? '""' : text;
}

function placeText({ file, line, column }: { file?: string; line?: number; column?: number }): string {
  if (file === undefined) return "";
  return line === undefined ? file : `${file}:${line}:${column ?? 1}`;
}

function toDiagnostic({ file, line, column, ...rest }: ConfigFinding): Diagnostic {
  if (file === undefined || line === undefined) return rest;
  return { ...rest, position: { file, line, column: column ?? 1 } };
}
