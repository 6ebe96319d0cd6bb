/**
 * The keys as KCL: the module `provisioning.config`, with a schema for each section. A layer that names them is checked where it is
 * written. No attribute has a default there: a layer only says what somebody wrote, and lower layers decide the rest.
 */

import { typeWords, type ConfigKey, type KeyType } from "./key-type.js";
import { isKeySection, type KeySection, keyTree } from "./key-tree.js";

const HEAD = `"""Configuration in KCL: a schema for each section of a layer such as config/provisioning.k or infra/<name>/config.k.

    import provisioning.config

    run = config.Run {parallel_limit = 4}

What is not written says nothing; the layers below decide. This module is made from the keys that the platform reads.
"""
`;

/** The text of `kcl/config.k`. */
export function kclSchemaOfConfig(): string {
  const root = keyTree();
  const schemas = [...root.keys].flatMap(([name, one]) => (isKeySection(one) ? schemasOf(one, [name]) : []));
  const sections = [...root.keys].flatMap(([name, one]) => (isKeySection(one) ? [[name, schemaName([name])] as const] : []));
  const whole = schemaText({
    name: "Config",
    summary: "A whole layer.",
    attributes: [
      ...sections.map(([name, schema]) => ({ name, type: schema, words: `The section ${name}.` })),
      {
        name: "taskservs",
        type: "{str:{str:any}}",
        words: "Settings of taskservs by name; their fields are those of the taskserv's schema.",
      },
    ],
    checks: [],
  });
  return [HEAD, ...schemas, whole].join("\n");
}

interface Attribute {
  readonly name: string;
  readonly type: string;
  /** One line. */
  readonly words: string;
}

interface SchemaParts {
  readonly name: string;
  readonly summary: string;
  readonly attributes: readonly Attribute[];
  readonly checks: readonly string[];
}

/** Sections inside it first: a schema is there before it is named. */
function schemasOf(section: KeySection, path: readonly string[]): string[] {
  const inner = [...section.keys].flatMap(([name, one]) => (isKeySection(one) ? schemasOf(one, [...path, name]) : []));
  const attributes = [...section.keys].map(([name, one]): Attribute => {
    if (isKeySection(one)) return { name, type: schemaName([...path, name]), words: `The section ${[...path, name].join(".")}.` };
    return { name, type: typeText(one.type), words: wordsOf(one) };
  });
  const checks = [...section.keys].flatMap(([name, one]) => (isKeySection(one) ? [] : checksOf(name, one.type)));
  return [...inner, schemaText({ name: schemaName(path), summary: `The section ${path.join(".")}.`, attributes, checks })];
}

function schemaName(path: readonly string[]): string {
  return path
    .flatMap((part) => part.split("_"))
    .map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)
    .join("");
}

function schemaText({ name, summary, attributes, checks }: SchemaParts): string {
  const documented = attributes.flatMap((one) => [
    `    ${one.name} : ${one.type}, optional`,
    `        ${inDocstring(one.words)}`,
  ]);
  return [
    `schema ${name}:`,
    `    """${summary}`,
    "",
    "    Attributes",
    "    ----------",
    ...documented,
    `    """`,
    ...attributes.map((one) => `    ${one.name}?: ${one.type}`),
    ...(checks.length === 0 ? [] : ["", "    check:", ...checks.map((line) => `        ${line}`)]),
    "",
  ].join("\n");
}

function typeText(type: KeyType): string {
  switch (type.kind) {
    case "string":
      return "str";
    case "boolean":
      return "bool";
    case "integer":
      return "int";
    case "choice":
      return type.of.map((word) => JSON.stringify(word)).join(" | ");
    case "list":
      return "[str]";
    case "map":
      return "{str:str}";
  }
}

function checksOf(name: string, type: KeyType): string[] {
  if (type.kind !== "integer") return [];
  return [`${type.min} <= ${name} <= ${type.max} if ${name} not in [None, Undefined], "${name} must be ${typeWords(type)}"`];
}

function wordsOf({ type, description, unit, default: fallback, example }: ConfigKey): string {
  const range = type.kind === "integer" ? ` ${typeWords(type)}${unit === undefined ? "" : ` ${unit}`}.` : "";
  return `${description}${range} Default: ${valueText(fallback)}. Example: ${valueText(example)}.`;
}

function valueText(value: unknown): string {
  if (typeof value === "boolean") return value ? "True" : "False";
  return JSON.stringify(value);
}

function inDocstring(words: string): string {
  return words.replaceAll("\\", "\\\\").replaceAll('"""', "'''");
}
