/** Workspaces for people: what one consists of, what is wrong in it, what went into an archive. */

import type { ExportedWorkspace, WorkspaceDetail, WorkspaceValidation } from "@provisioning/actions";
import type { Style } from "../style.js";
import { renderDiagnostic } from "./error.js";

export function renderWorkspace(detail: WorkspaceDetail): string {
  const { name, path, active, infras, workflows, taskservs, environments, configFiles, storage, runtime } = detail;
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ["Folder", [path]],
    ["Last used", [detail.lastUsed ?? "not in the list"]],
    ["Infras", infras],
    ["Workflows", workflows],
    ["Own taskservs", taskservs],
    ["Environments", environments],
    ["Configuration", configFiles],
    ["Storage", [`${storage.type}: ${storage.place}`]],
    ["Kept here", [`${size(runtime.bytes)} in ${runtime.files} files, ${runtime.path}`]],
  ];
  const lines = rows.flatMap(([title, values]) =>
    (values.length === 0 ? ["-"] : values).map((value, index) => `${(index === 0 ? title : "").padEnd(15)}${value}`),
  );
  return [`${name}${active ? "  (active)" : ""}`, ...lines].join("\n");
}

export function renderValidation({ workspaces }: WorkspaceValidation, style: Style): string {
  if (workspaces.length === 0) return "There is no workspace to look at.";
  return workspaces
    .map(({ name, path, parts }) => {
      const lines = parts.flatMap(({ kind, name: part, ok, findings }) => [
        `${ok ? style.green("✓") : style.red("✗")} ${kind} ${part}`,
        ...findings.flatMap(({ file, line, column, ...rest }) => {
          const position = file === undefined ? {} : { position: { file, line: line ?? 1, column: column ?? 1 } };
          return renderDiagnostic({ ...rest, ...position }, style).map((text) => `  ${text}`);
        }),
      ]);
      return [`${style.bold(name)}  ${path}`, ...lines].join("\n");
    })
    .join("\n\n");
}

/** `isCheck`: it was only tried out. */
export function renderExport({ name, file, bytes, files, withState, left }: ExportedWorkspace, isCheck: boolean): string {
  const parts = `${files.length} files${withState ? " and what was recorded" : ""}`;
  const omitted = left.map(({ path, reason }) => `  ${path}: ${reason}`);
  return [
    `${isCheck ? "Would write" : "Wrote"} ${parts} of ${name} to ${file} (${size(bytes)}).`,
    ...(omitted.length === 0 ? [] : ["Left out:", ...omitted]),
    ...(isCheck ? [] : ["", `Next: provisioning workspace import ${file} --name <name>`]),
  ].join("\n");
}

function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 ** 2 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
}
