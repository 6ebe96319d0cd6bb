/** The documentation of a package as Markdown. */
import type { AttributeDocument, CheckDocument, FileDocument, PackageDocument, SchemaDocument } from "./package-document.js";

/**
 * One page: a chapter for each file that has something to tell, a section for each schema.
 *
 * @param title heading of the page
 */
export function renderMarkdown(title: string, { files }: PackageDocument): string {
  const chapters = files.filter((file) => file.schemas.length > 0 || file.description !== "");
  const blocks = [`# ${title}`, ...chapters.flatMap((file) => renderFile(file, chapters.length > 1))];
  return `${blocks.filter((block) => block !== "").join("\n\n")}\n`;
}

function renderFile(file: FileDocument, hasSiblings: boolean): string[] {
  const level = hasSiblings ? "###" : "##";
  return [
    hasSiblings ? `## ${file.path}` : "",
    file.description,
    ...file.schemas.flatMap((schema) => renderSchema(schema, level)),
  ];
}

function renderSchema(schema: SchemaDocument, level: string): string[] {
  return [
    `${level} ${schema.form === "schema" ? "" : `${schema.form} `}${schema.name}`,
    schema.deprecated === undefined ? "" : `**Deprecated** ${schema.deprecated}`,
    schema.description,
    relations(schema),
    attributeTable(schema),
    schema.checks.length === 0 ? "" : `**Checks**\n\n${schema.checks.map(checkLine).join("\n")}`,
    ...schema.sections.map(({ title, text }) => `**${title}**\n\n${text}`),
    schema.examples === "" ? "" : `**Examples**\n\n${fenced(schema.examples)}`,
  ];
}

function relations({ parameters, parent, mixins, host }: SchemaDocument): string {
  const lines = [
    parameters.length === 0 ? "" : `Parameters: ${parameters.map(code).join(", ")}.`,
    parent === undefined ? "" : `Inherits from ${code(parent)}.`,
    mixins.length === 0 ? "" : `Mixins: ${mixins.map(code).join(", ")}.`,
    host === undefined ? "" : `For ${code(host)}.`,
  ];
  return lines.filter((line) => line !== "").join(" ");
}

function attributeTable({ attributes, indexSignature }: SchemaDocument): string {
  if (attributes.length === 0 && indexSignature === undefined) return "";
  const rows = attributes.map(attributeRow);
  if (indexSignature !== undefined)
    rows.push([
      code(indexSignature.key),
      code(indexSignature.type),
      "",
      code(indexSignature.default ?? ""),
      "Any other attribute.",
    ]);
  const head = ["Attribute", "Type", "Required", "Default", "Description"];
  return [head, head.map((word) => "-".repeat(word.length)), ...rows]
    .map((cells) => `| ${cells.map(cell).join(" | ")} |`)
    .join("\n");
}

function attributeRow({ name, type, required, default: initial, description, deprecated, from }: AttributeDocument): string[] {
  const remarks = [
    deprecated === undefined ? "" : `**Deprecated** ${deprecated}.`,
    description,
    from === undefined ? "" : `From ${code(from)}.`,
  ];
  return [code(name), code(type), required ? "yes" : "", code(initial ?? ""), remarks.filter((part) => part !== "").join(" ")];
}

function checkLine({ test, condition, message }: CheckDocument): string {
  const when = condition === undefined ? "" : `, if ${code(condition)}`;
  return `- ${code(test)}${when}${message === undefined ? "" : `: ${message.replace(/\s*\n\s*/g, " ")}`}`;
}

/** Backticks in code need more of them around it. */
function code(text: string): string {
  if (text === "") return "";
  const fence = "`".repeat(longestRun(text) + 1);
  const padding = fence.length > 1 ? " " : "";
  return `${fence}${padding}${text}${padding}${fence}`;
}

/** A cell of a table is one line, and a bar would end it. */
function cell(text: string): string {
  return text.replaceAll("|", "\\|").replace(/\s*\n\s*/g, " ");
}

/** Examples are KCL, unless they are Markdown with code blocks of their own. */
function fenced(text: string): string {
  return text.includes("```") ? text : `\`\`\`kcl\n${text}\n\`\`\``;
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map((match) => match[0].length));
}
