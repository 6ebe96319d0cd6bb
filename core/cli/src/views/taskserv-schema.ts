/** What a taskserv can be configured with, for people. */

import type { TaskservSchema } from "@provisioning/actions";
import type { Style } from "../style.js";

export function renderTaskservSchema({ taskserv, version, description, schemas }: TaskservSchema, style: Style): string {
  const parts = schemas.map(({ name, description: about, attributes, checks }) => {
    const fields = attributes.flatMap((field) => {
      const preset = field.default === undefined ? (field.required ? "required" : "optional") : `default ${field.default}`;
      const text = field.description.split("\n").filter((line) => line.trim() !== "");
      return [`  ${style.bold(field.name)}: ${field.type}, ${preset}`, ...text.map((line) => `      ${line.trim()}`)];
    });
    const rules = checks.flatMap(({ message }) => (message === undefined ? [] : [`  - ${unquoted(message)}`]));
    const head = name === "Config" ? "config" : name;
    return [
      style.bold(head),
      ...about
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => `  ${line}`),
      "",
      ...fields,
      ...(rules.length === 0 ? [] : ["", "  Rules:", ...rules]),
    ].join("\n");
  });
  return [`${taskserv} ${version}  ${description}`, "", parts.join("\n\n")].join("\n");
}

function unquoted(text: string): string {
  return text.replace(/^"(.*)"$/s, "$1");
}
