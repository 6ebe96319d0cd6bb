/** What was written from a template, and what could be, for people. */

import type { GeneratedThing, TemplateInfo } from "@provisioning/actions";
import type { Style } from "../style.js";
import { renderTable } from "./table.js";

export function renderGenerated({ kind, name, dir, files, next }: GeneratedThing, style: Style): string {
  const isCheck = files.some(({ done }) => done === "wouldWrite");
  const lines = files.map(({ path, done }) =>
    done === "kept" ? style.dim(`  = ${path} (there already, kept)`) : style.green(`  + ${path}`),
  );
  const head = isCheck ? `Would write the ${kind} ${name} to ${dir}:` : `The ${kind} ${name} is at ${dir}:`;
  return [head, ...lines, ...(isCheck ? [] : ["", "Next:", ...next.map((command) => `  ${command}`)])].join("\n");
}

export function renderTemplates(templates: readonly TemplateInfo[]): string {
  return renderTable(templates, [
    { title: "KIND", cell: (item) => item.kind },
    { title: "FILES", cell: (item) => String(item.files.length) },
    { title: "FOLDER", cell: (item) => item.folder },
    { title: "WHAT IT IS", cell: (item) => item.description },
  ]);
}
