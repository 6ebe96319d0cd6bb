/** The reference of actions: what every interface can ask for. */

import type { Action } from "@provisioning/actions";
import * as z from "zod/mini";
import { table } from "./table.js";

const INTRO = `# Actions

What can be asked for, the same in every interface. The command line calls these actions; each has a Cedar action that policies name, and
schemas of what it takes and gives: what \`-o json\` prints is the output. The whole schemas are in
[actions.schema.json](actions.schema.json). Both files are made from the code (\`npm run docs\` writes them).
`;

export type AnyAction = Action<unknown, unknown>;

export function actionsPage(actions: readonly AnyAction[]): string {
  const rows = actions.map(({ name, effect, cedar, summary }) => [
    `[\`${name}\`](#${name.toLowerCase().replace(".", "")})`,
    effect,
    `\`Action::"${cedar.action}"\` on \`${cedar.resource}\``,
    summary,
  ]);
  return [INTRO, `${table(["action", "effect", "Cedar", "what it does"], rows)}\n`, ...actions.map(section)].join("\n");
}

function section({ name, summary, input, output }: AnyAction): string {
  const shapes = ["```text", `input   ${shapeOf(z.toJSONSchema(input))}`, `output  ${shapeOf(z.toJSONSchema(output))}`, "```"];
  return [`## ${name}\n`, `${summary}\n`, ...shapes, ""].join("\n");
}

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** One level deep: `{ infra?: string, changes: list }`. */
function shapeOf(schema: JsonSchema): string {
  if (schema.anyOf !== undefined || schema.oneOf !== undefined)
    return [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].map(shapeOf).join("\n     or ");
  if (schema.type === "array") return `list of ${shapeOf(schema.items as JsonSchema)}`;
  if (schema.type !== "object") return wordFor(schema);
  const fields = Object.entries(schema.properties ?? {}).map(([name, value]) => {
    const mark = (schema.required ?? []).includes(name) ? "" : "?";
    return `${name}${mark}: ${wordFor(value as JsonSchema)}`;
  });
  return fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`;
}

function wordFor(schema: JsonSchema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.type === "array") return `list of ${wordFor(schema.items as JsonSchema)}`;
  return String(schema.type ?? "any");
}

/** All schemas, by the name of the action. What several share is written once. */
export function actionSchemas(actions: readonly AnyAction[]): string {
  const described = actions.map(({ name, input, output }) => [
    name,
    { input: z.toJSONSchema(input), output: z.toJSONSchema(output, { reused: "ref" }) },
  ]);
  return `${JSON.stringify(Object.fromEntries(described), null, 2)}\n`;
}
