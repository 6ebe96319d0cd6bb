/** Schemas of KCL as JSON Schema (2020-12), for those who send what they describe as JSON. Checks are KCL's alone and not told. */

import { documentPackage, loadProgram, type SchemaDocument } from "@provisioning/kcl-lang";
import { createNodeHost } from "@provisioning/kcl-lang/node";
import { invariant, type JsonObject } from "@provisioning/model";

/** The schemas of a file by their names. `refer`: how one names another. */
export function jsonSchemasOf(file: string, refer: (name: string) => string): Readonly<Record<string, JsonObject>> {
  const loaded = loadProgram({ host: createNodeHost(), files: [file] });
  invariant(loaded.ok, `the platform's ${file} can be read`);
  const schemas = documentPackage(loaded.program).files.flatMap((document) => document.schemas);
  const names = new Set(schemas.map(({ name }) => name));
  return Object.fromEntries(schemas.map((schema) => [schema.name, objectOf(schema, names, refer)]));
}

function objectOf(schema: SchemaDocument, names: ReadonlySet<string>, refer: (name: string) => string): JsonObject {
  const properties = schema.attributes.map(({ name, type, description }) => [
    name,
    { ...typeOf(type, names, refer), ...(description === "" ? {} : { description }) },
  ]);
  const required = schema.attributes.filter((attribute) => attribute.required).map(({ name }) => name);
  return {
    type: "object",
    description: schema.description,
    properties: Object.fromEntries(properties) as JsonObject,
    ...(required.length === 0 ? {} : { required }),
  };
}

const SCALARS: Readonly<Record<string, JsonObject>> = {
  str: { type: "string" },
  int: { type: "integer" },
  float: { type: "number" },
  bool: { type: "boolean" },
};

/** A type as it is written. What has no form here may be anything. */
function typeOf(text: string, names: ReadonlySet<string>, refer: (name: string) => string): JsonObject {
  const alternatives = text.split(" | ");
  if (alternatives.every((one) => /^"[^"]*"$/.test(one))) return { enum: alternatives.map((one) => one.slice(1, -1)) };
  const scalar = SCALARS[text];
  if (scalar !== undefined) return scalar;
  if (names.has(text)) return { $ref: refer(text) };
  const [, item] = /^\[(.*)\]$/.exec(text) ?? [];
  return item === undefined ? {} : { type: "array", items: typeOf(item, names, refer) };
}
