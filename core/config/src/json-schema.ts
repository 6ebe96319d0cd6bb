/** The keys as JSON Schema 2020-12, for editors that complete and check configuration files. */

import type { ConfigKey, KeyType } from "./key-type.js";
import { isKeySection, type KeySection, keyTree } from "./key-tree.js";

type Schema = Readonly<Record<string, unknown>>;

/** Of a file in which the keys begin at the top: a workspace's, an infra's, an environment's. */
export function jsonSchemaOfConfig(): Schema {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Configuration of provisioning",
    ...schemaOfSection(keyTree(), {
      taskservs: {
        description: "Settings of taskservs by name; their fields are those of the taskserv's schema.",
        type: ["object", "null"],
        additionalProperties: { type: ["object", "null"] },
      },
    }),
  };
}

function schemaOfSection({ keys }: KeySection, more: Schema = {}): Schema {
  const properties = [...keys].map(([name, one]) => [name, isKeySection(one) ? schemaOfSection(one) : schemaOfKey(one)]);
  return {
    type: ["object", "null"],
    properties: { ...(Object.fromEntries(properties) as Schema), ...more },
    additionalProperties: false,
  };
}

/** A text with a reference, or nothing, fits every key. */
function schemaOfKey({ type, description, default: fallback, example, unit }: ConfigKey): Schema {
  const words = unit === undefined ? "" : ` In ${unit}.`;
  const anyOf = [
    schemaOfType(type),
    ...(type.kind === "string" ? [] : [{ type: "string", pattern: "\\{\\{.*\\}\\}" }]),
    { type: "null" },
  ];
  return { description: `${description}${words}`, default: fallback, examples: [example], anyOf };
}

function schemaOfType(type: KeyType): Schema {
  switch (type.kind) {
    case "string":
      return { type: "string" };
    case "boolean":
      return { type: "boolean" };
    case "integer":
      return { type: "integer", minimum: type.min, maximum: type.max };
    case "choice":
      return { enum: type.of };
    case "list":
      return { type: "array", items: { type: "string" } };
    case "map":
      return { type: "object", additionalProperties: { type: ["string", "null"] } };
  }
}
