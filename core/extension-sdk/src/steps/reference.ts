/** The table of step kinds in the README, written from the same tables as the parsers. */

import { stepKinds } from "./registry.js";

export function stepReference(): string {
  const rows = stepKinds.map((kind) => {
    const attributes = Object.entries(kind.fields).filter(([, field]) => field.only !== "program");
    const names = attributes.map(([name, field]) => (field.required ? `**${name}**` : name));
    return `| \`${kind.kind}\` | \`${kind.schema}\` | ${kind.doc.replaceAll("|", "\\|")} | ${names.join(", ")} |`;
  });
  return ["| kind | KCL schema | what it keeps | attributes (bold: required) |", "| --- | --- | --- | --- |", ...rows].join("\n");
}
