/** The KCL schemas of the steps, written from the same tables as the parsers. The result is `kcl/steps.k`. */

import type { Field, Fields } from "./field.js";
import { healthCheckFields } from "./health-check.js";
import { stepKinds } from "./registry.js";

const HEAD = `"""
Steps of taskservs: what install, remove and health lists are made of.

Written from the step kinds of the extension SDK; a test of the SDK compares the two.
"""

import regex

schema Step:
    """What every step has.

    Attributes
    ----------
    id: str, required
        Unique in its list; other steps name it in restart_on, reload_on and on_change.
    title: str, optional
        For people; made from the attributes when missing.
    """
    id: str
    title?: str

    check:
        regex.match(id, r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"), "id must be lower-case letters, digits and inner hyphens"
`;

/** The whole file. */
export function kclStepSchemas(): string {
  const kinds = stepKinds.map((kind) =>
    schema({
      head: `${kind.schema}(Step)`,
      doc: kind.doc,
      kindAttribute: `    kind: "${kind.kind}" = "${kind.kind}"\n`,
      fields: kind.fields,
    }),
  );
  const health = schema({
    head: "HealthCheck",
    doc: "A command that succeeds while the taskserv is healthy.",
    kindAttribute: "",
    fields: healthCheckFields,
  });
  return [HEAD, ...kinds, health].join("\n");
}

interface SchemaText {
  readonly head: string;
  readonly doc: string;
  readonly kindAttribute: string;
  readonly fields: Fields;
}

function schema({ head, doc, kindAttribute, fields }: SchemaText): string {
  const attributes = Object.entries(fields).filter(([, field]) => field.only !== "program");
  const docs = attributes.map(
    ([name, field]) => `    ${name}: ${field.type}, ${field.required ? "required" : "optional"}\n        ${field.doc}\n`,
  );
  const lines = attributes.map(([name, field]) => `    ${attribute(name, field)}\n`);
  const checks = attributes.flatMap(([name, field]) => check(name, field));
  return [
    `schema ${head}:\n    """${doc}\n\n    Attributes\n    ----------\n`,
    ...docs,
    '    """\n',
    kindAttribute,
    ...lines,
    ...(checks.length === 0 ? [] : ["\n    check:\n", ...checks]),
  ].join("");
}

function attribute(name: string, field: Field<unknown>): string {
  if (field.required) return `${name}: ${field.type}`;
  return field.fallback === undefined ? `${name}?: ${field.type}` : `${name}: ${field.type} = ${literal(field.fallback)}`;
}

function check(name: string, field: Field<unknown>): string[] {
  if (field.kclCheck === undefined) return [];
  const guard = field.required || field.fallback !== undefined ? "" : ` if ${name} not in [None, Undefined]`;
  return [`        ${field.kclCheck(name)}${guard}\n`];
}

function literal(value: unknown): string {
  if (typeof value === "boolean") return value ? "True" : "False";
  return JSON.stringify(value);
}
